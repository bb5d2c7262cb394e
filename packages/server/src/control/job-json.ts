import type { Job } from '@millrace/storage'
import type { JobInputs, ShownProgress } from '../job-inputs.ts'
import { rfc3339 } from './rfc3339.ts'

/** A job as the Admin API shows it. */
export function jobJson(job: Job): object {
  const { id, kind, state, createdAt, startedAt, endedAt, error } = job
  const { done = 0, total, skipped, skips }: ShownProgress = job.progress
  return {
    id,
    kind,
    what: whatOf(job),
    state,
    done,
    total,
    skipped,
    createdAt: rfc3339(createdAt),
    startedAt: timeOf(startedAt),
    endedAt: timeOf(endedAt),
    error,
    skips,
  }
}

/** A job in words: of which dead letters, of which orphans. */
function whatOf({ kind, input }: Job): string {
  switch (kind as keyof JobInputs) {
    case 'redrive': {
      const { trigger, type, since, limit, perSecond } = input as JobInputs['redrive']
      return [
        'dead letters',
        ...(trigger === undefined ? [] : [`of trigger ${trigger}`]),
        ...(type === undefined ? [] : [`of type ${type}`]),
        ...(since === undefined ? [] : [`since ${rfc3339(since)}`]),
        ...(limit === undefined ? [] : [`at most ${limit}`]),
        ...(perSecond === undefined ? [] : [`${perSecond}/s`]),
      ].join(' ')
    }
    case 'drop-orphans':
    case 'redirect-orphans': {
      const { orphan, to } = input as JobInputs['redirect-orphans']
      return `orphans of ${orphan}${to === undefined ? '' : ` to ${to.name}`}`
    }
    case 'retention':
      return 'what was kept for its time'
    default:
      return ''
  }
}

function timeOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : rfc3339(ms)
}
