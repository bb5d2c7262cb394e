/** What a problem answer (RFC 9457) says; `code` is stable, `detail` a sentence. */
export interface ProblemFields {
  readonly code: string
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly attribute?: string
  readonly index?: number
}

export const problemMediaType = 'application/problem+json'

/** The body of a problem answer: `type` is a URI made of the code (RFC 9457, 3.1.1). */
export function problemJson(problem: ProblemFields): string {
  const { code, status, title, detail, attribute, index } = problem
  return JSON.stringify({
    type: `urn:millrace:problem:${code}`,
    title,
    status,
    detail,
    code,
    attribute,
    index,
  })
}
