import type { ResourceStatus } from '../../resource.ts'
import { fails, holds, unknown, withReady } from '../conditions.ts'
import { eventPoliciesReady } from '../oidc.status.ts'
import type { ResourceSink } from './sink-facet.ts'

/** Conditions as Knative's sinks; those of the kind's own are for whoever sends to find out. */
export function sinkStatus({ conditions, missing }: ResourceSink, url: string): ResourceStatus {
  return {
    conditions: withReady([
      ...(missing === undefined ? [] : [fails('PackageInstalled', missing.reason, missing.message)]),
      ...conditions.map((type) => unknown(type, 'NotStarted', 'the sink has not been looked at yet')),
      holds('Addressable'),
      eventPoliciesReady,
    ]),
    address: { name: 'http', url },
  }
}
