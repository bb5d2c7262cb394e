import { resourceKey, type Condition, type Resource } from '@millrace/resources'
import type { ManifestDifference } from '../replicas/replicas.ts'
import { rfc3339 } from './rfc3339.ts'

/** Says of a resource that other processes on the store have another one, or none; it is no part of Ready. */
export function withAgreement(
  conditions: readonly Condition[],
  resource: Pick<Resource, 'kind' | 'metadata'>,
  difference: ManifestDifference | undefined,
): readonly Condition[] {
  const message = difference?.byResource.get(resourceKey(resource))
  if (difference === undefined || message === undefined) return conditions
  const own: Condition = {
    type: 'ReplicasAgree',
    status: 'False',
    reason: 'ManifestsDiffer',
    message,
    lastTransitionTime: rfc3339(difference.since),
  }
  return [...conditions, own].toSorted((a, b) => (a.type < b.type ? -1 : 1))
}
