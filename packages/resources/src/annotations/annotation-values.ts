import { parseDuration } from '@millrace/core'
import { didYouMean } from '../nearest.ts'
import { quote } from '../quote.ts'

/** A whole number in these bounds, in digits. */
export function wholeNumber(least: number, most: number): (value: string) => string | undefined {
  return (value) => {
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN
    if (number >= least && number <= most) return undefined
    return `is ${quote(value)}, must be a whole number from ${least} to ${most}`
  }
}

/** An ISO 8601 duration above zero. */
export function positiveDuration(value: string): string | undefined {
  if ((parseDuration(value) ?? 0) > 0) return undefined
  return `is ${quote(value)}, must be an ISO 8601 duration above zero such as PT10M`
}

/** One of these words. */
export function oneOf(...words: readonly string[]): (value: string) => string | undefined {
  return (value) =>
    words.includes(value)
      ? undefined
      : `is ${quote(value)}, must be ${words.join(' or ')}${suggestion(value, words)}`
}

/** The name of a package of a registry, not a path. */
export function packageName(value: string): string | undefined {
  if (/^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/.test(value)) return undefined
  return `is ${quote(value)}, must be the name of a package such as @acme/millrace-source-x`
}

/** The ID of a subscription of Google's. */
export function subscriptionName(value: string): string | undefined {
  if (/^[A-Za-z][A-Za-z0-9._~+%-]*$/.test(value)) return undefined
  return `is ${quote(value)}, must be the ID of a subscription such as orders-millrace, without its project`
}

function suggestion(value: string, words: readonly string[]): string {
  const text = didYouMean(value, words, '')
  return text === '' ? '' : `, ${text}`
}
