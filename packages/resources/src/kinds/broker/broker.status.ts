import type { Resolution } from '../../compile/resolve-destination.ts'
import type { ResourceStatus } from '../../resource.ts'
import { holds, withReady } from '../conditions.ts'
import { deadLetterSinkResolved } from '../dead-letter-sink.status.ts'

export interface BrokerFindings {
  readonly url: string
  readonly deadLetterSink: Resolution | undefined
}

/** Conditions as Knative's broker (broker_lifecycle.go); what is one process here is always ready. */
export function brokerStatus({ url, deadLetterSink }: BrokerFindings): ResourceStatus {
  return {
    conditions: withReady([
      holds('IngressReady'),
      holds('TriggerChannelReady'),
      holds('FilterReady'),
      holds('Addressable'),
      deadLetterSinkResolved(deadLetterSink),
      holds(
        'EventPoliciesReady',
        'OIDCDisabled',
        'Feature "authentication-oidc" must be enabled to support Authorization',
      ),
    ]),
    address: { name: 'http', url },
    ...(deadLetterSink?.kind === 'resolved' && { deadLetterSinkUri: deadLetterSink.uri }),
  }
}
