import type { Finding } from '../finding.ts'

/** Something to say about a manifest, before its file and line are known. */
export interface Problem {
  /** An error where nothing else is said. */
  readonly severity?: Finding['severity']
  readonly path: string
  readonly message: string
}

export type Report = (problem: Problem) => void
