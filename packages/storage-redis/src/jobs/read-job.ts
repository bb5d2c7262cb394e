import type { Job, JobFacts, JobState } from '@millrace/storage'
import type { QueuedJob } from './bull-queue.ts'

/** States of the queue, as they are asked for, and what they are to those who watch. */
export const stateOf = {
  active: 'running',
  waiting: 'waiting',
  delayed: 'waiting',
  prioritized: 'waiting',
  completed: 'done',
  failed: 'failed',
} as const satisfies Record<string, JobState>

export type QueueState = keyof typeof stateOf

export function readJob(job: QueuedJob, state: JobState): Job {
  const { id = '', name, data, progress, timestamp, processedOn, finishedOn, failedReason, returnvalue } = job
  const isOver = state === 'done' || state === 'failed'
  return {
    id,
    kind: name,
    input: data.input,
    state: state === 'done' && returnvalue?.cancelled ? 'cancelled' : state,
    progress: isFacts(progress) ? progress : {},
    createdAt: timestamp,
    ...(processedOn !== undefined && { startedAt: processedOn }),
    ...(isOver && finishedOn !== undefined && { endedAt: finishedOn }),
    ...(state !== 'done' && failedReason !== undefined && { error: failedReason }),
  }
}

export function isQueueState(state: string): state is QueueState {
  return Object.hasOwn(stateOf, state)
}

function isFacts(value: unknown): value is JobFacts {
  return typeof value === 'object' && value !== null
}
