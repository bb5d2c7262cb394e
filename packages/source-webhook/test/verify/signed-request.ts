import type { Signed } from '../../src/verify/verified.ts'

/** What a scheme looks at, with the parts that a test changes. */
export function signedRequest(body: string, changes: Partial<Signed>): Signed {
  return {
    headers: {},
    body: new TextEncoder().encode(body),
    secrets: [],
    header: '',
    toleranceMs: 300_000,
    nowMs: 0,
    ...changes,
  }
}
