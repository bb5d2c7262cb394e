import { parseDuration } from '@millrace/core'
import { usageError } from './exit-code.ts'

export interface HostAndPort {
  readonly host: string
  readonly port: number
}

/** `HOST:PORT`, `[::1]:PORT` or `:PORT` (127.0.0.1). */
export function hostAndPort(flag: string, text: string): HostAndPort {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]*)):(\d+)$/.exec(text) ?? []
  const port = Number(digits)
  if (digits === undefined || port > 65_535) {
    throw usageError(
      `${flag} is "${text}"; it is HOST:PORT, such as 127.0.0.1:8080 (port 0 takes a free one)`,
    )
  }
  return { host: bracketed ?? (plain || '127.0.0.1'), port }
}

const unitBytes = { '': 1, k: 1e3, m: 1e6, g: 1e9, ki: 2 ** 10, mi: 2 ** 20, gi: 2 ** 30 }

/** A size such as `1048576`, `64Mi`, `64MiB`, `1G`. → bytes */
export function sizeBytes(flag: string, text: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*([kmg]i?)?b?$/i.exec(text) ?? []
  const factor = unitBytes[unit.toLowerCase() as keyof typeof unitBytes]
  if (digits === undefined)
    throw usageError(`${flag} is "${text}"; it is a size, such as 64Mi or 1048576 (bytes)`)
  return Math.floor(Number(digits) * factor)
}

const unitMs = { ms: 1, s: 1e3, m: 60e3, h: 3_600e3, d: 86_400e3 }

/** A duration: ISO 8601 (`PT8S`) or `500ms`, `8s`, `5m`, `1h`, `2d`. → milliseconds, none where it is neither. */
export function readDurationMs(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/i.exec(text) ?? []
  if (digits === undefined) return parseDuration(text)
  return Number(digits) * unitMs[unit.toLowerCase() as keyof typeof unitMs]
}

export function durationMs(flag: string, text: string): number {
  const ms = readDurationMs(text)
  if (ms === undefined) throw usageError(`${flag} is "${text}"; it is a duration, such as 8s, 5m or PT8S`)
  return ms
}

/** A whole number from 1. */
export function count(flag: string, text: string): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < 1) throw usageError(`${flag} is "${text}"; it is a whole number from 1`)
  return number
}

/** As it was given: a template's `{name}` must not be encoded. */
export function httpUrl(flag: string, text: string): string {
  const url = URL.parse(text.replaceAll(/[{}]/g, ''))
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw usageError(`${flag} is "${text}"; it is an http or https URL, such as http://example.com`)
  }
  return text
}

/** One of a few words. */
export function choice<const T extends string>(flag: string, text: string, words: readonly T[]): T {
  const word = words.find((one) => one === text)
  if (word === undefined) throw usageError(`${flag} is "${text}"; it is one of ${words.join(', ')}`)
  return word
}
