import type { IngressTokens } from '../../compile/ingress-tokens.ts'
import type { Resolution } from '../../compile/resolve-destination.ts'
import type { ResourceStatus } from '../../resource.ts'
import { fails, holds, withReady } from '../conditions.ts'
import { deadLetterSinkResolved } from '../dead-letter-sink.status.ts'
import { eventPoliciesReady } from '../oidc.status.ts'

export interface BrokerFindings {
  readonly url: string
  readonly ingress: IngressTokens
  readonly deadLetterSink: Resolution | undefined
}

/** Conditions as Knative's broker (broker_lifecycle.go); what is one process here is ready, unless nobody may send. */
export function brokerStatus({ url, ingress, deadLetterSink }: BrokerFindings): ResourceStatus {
  return {
    conditions: withReady([
      ingress.kind === 'missing'
        ? fails('IngressReady', 'IngressTokenMissing', ingress.message)
        : holds('IngressReady'),
      holds('TriggerChannelReady'),
      holds('FilterReady'),
      holds('Addressable'),
      deadLetterSinkResolved(deadLetterSink),
      eventPoliciesReady,
    ]),
    address: { name: 'http', url },
    ...(deadLetterSink?.kind === 'resolved' && { deadLetterSinkUri: deadLetterSink.uri }),
  }
}
