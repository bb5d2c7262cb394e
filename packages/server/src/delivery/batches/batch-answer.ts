import type { AttemptResult } from '../attempt.ts'

/** What a subscriber is taken to mean that names an event without a code of its own. */
const unknownCode = 500

/** The events that an answer names as failed: index in the batch → code. Any other body says nothing. */
export function failedEvents({ headers, body }: AttemptResult, count: number): ReadonlyMap<number, number> {
  const failed = new Map<number, number>()
  for (const { index, code } of isJson(headers) ? entries(body) : []) {
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= count) continue
    const isCode = typeof code === 'number' && Number.isInteger(code) && code >= 100 && code <= 599
    failed.set(index, isCode ? code : unknownCode)
  }
  return failed
}

/** Only then is the body of an answer of use. */
export function isJson(headers: readonly string[]): boolean {
  for (let at = 0; at < headers.length; at += 2)
    if (headers[at]?.toLowerCase() === 'content-type')
      return /^application\/json\s*(?:;|$)/i.test(headers[at + 1] ?? '')
  return false
}

type Entry = { readonly index?: unknown; readonly code?: unknown }

function entries(body: Uint8Array): readonly Entry[] {
  try {
    const answer = JSON.parse(Buffer.from(body).toString()) as { readonly failed?: unknown } | null
    const failed = answer?.failed
    return Array.isArray(failed) ? failed.filter((entry) => typeof entry === 'object' && entry !== null) : []
  } catch {
    return []
  }
}
