import type { Job } from './port/jobs.ts'

const firstPauseMs = 1_000
const longestPauseMs = 30_000

/** How long a job waits that has failed so often in a row. */
export function jobPauseMs(failures: number): number {
  return Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs)
}

/** Nothing more is to be done for it. */
export function isOver({ state }: Pick<Job, 'state'>): boolean {
  return state !== 'waiting' && state !== 'running'
}
