import type { SinkFailure } from '@millrace/source-sdk'
import { KafkaError, type KafkaFault } from '../client/kafka-error.ts'
import { CONNECTION_ESTABLISHED, TOPIC_READY } from './kind.ts'

type Verdict = Pick<SinkFailure, 'kind' | 'condition' | 'reason'>

const verdicts: Readonly<Record<KafkaFault, Verdict>> = {
  authentication: { kind: 'unready', condition: CONNECTION_ESTABLISHED, reason: 'AuthenticationFailed' },
  certificate: { kind: 'unready', condition: CONNECTION_ESTABLISHED, reason: 'CertificateRefused' },
  address: { kind: 'unavailable', condition: CONNECTION_ESTABLISHED, reason: 'AddressUnreachable' },
  authorization: { kind: 'unready', condition: TOPIC_READY, reason: 'NotAuthorized' },
  topic: { kind: 'unready', condition: TOPIC_READY, reason: 'TopicMissing' },
  record: { kind: 'refused' },
  other: { kind: 'unavailable', condition: TOPIC_READY, reason: 'KafkaFailed' },
}

/** What an error of Kafka's client means for a sink. */
export function failureOf(err: unknown): SinkFailure {
  const message = err instanceof Error ? err.message : String(err)
  return { ...verdicts[err instanceof KafkaError ? err.fault : 'other'], message }
}
