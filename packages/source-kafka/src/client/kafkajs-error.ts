import { faultOfCode, KafkaError, type KafkaFault } from './kafka-error.ts'

/** What an error of kafkajs looks like from outside: it wraps, and keeps codes at any depth. */
interface Shape {
  readonly name?: string
  readonly message?: string
  /** Of the protocol, such as TOPIC_AUTHORIZATION_FAILED. */
  readonly type?: string
  readonly code?: string | number
  readonly cause?: unknown
}

const faultOfType: Readonly<Record<string, KafkaFault>> = {
  SASL_AUTHENTICATION_FAILED: 'authentication',
  UNSUPPORTED_SASL_MECHANISM: 'authentication',
  ILLEGAL_SASL_STATE: 'authentication',
  TOPIC_AUTHORIZATION_FAILED: 'authorization',
  GROUP_AUTHORIZATION_FAILED: 'authorization',
  CLUSTER_AUTHORIZATION_FAILED: 'authorization',
  UNKNOWN_TOPIC_OR_PARTITION: 'topic',
  INVALID_TOPIC_EXCEPTION: 'topic',
  TOPIC_ALREADY_EXISTS: 'topic',
  MESSAGE_TOO_LARGE: 'record',
  RECORD_LIST_TOO_LARGE: 'record',
  INVALID_RECORD: 'record',
}

/** An error of kafkajs as one of ours, with a sentence that says what to look at. */
export function kafkaError(err: unknown, brokers: readonly string[]): KafkaError {
  if (err instanceof KafkaError) return err
  const chain = chainOf(err)
  const fault = chain.map(faultOf).find((found) => found !== undefined) ?? 'other'
  const deepest = chain.at(-1)?.message ?? String(err)
  return new KafkaError(fault, sentence(fault, deepest, brokers.join(', ')), err)
}

/** The error and what it came from, outermost first. */
function chainOf(err: unknown): Shape[] {
  const chain: Shape[] = []
  for (let at: unknown = err; typeof at === 'object' && at !== null && !chain.includes(at);) {
    chain.push(at)
    at = (at as Shape).cause
  }
  return chain
}

function faultOf({ name, type, code, message = '' }: Shape): KafkaFault | undefined {
  const byType = type === undefined ? undefined : faultOfType[type]
  if (byType !== undefined) return byType
  if (name === 'KafkaJSSASLAuthenticationError') return 'authentication'
  const byCode = faultOfCode(typeof code === 'string' ? code : undefined)
  if (byCode !== undefined) return byCode
  if (/certificate|ssl|tls|PEM/i.test(message)) return 'certificate'
  if (/^KafkaJS(Connection|Broker|NoBroker|RequestTimeout)/.test(name ?? '')) return 'address'
  return undefined
}

function sentence(fault: KafkaFault, detail: string, brokers: string): string {
  switch (fault) {
    case 'authentication':
      return `Kafka at ${brokers} refuses the authentication: ${detail}; look at user, password and mechanism in its Secret`
    case 'authorization':
      return `Kafka at ${brokers} does not authorize this user: ${detail}`
    case 'certificate':
      return `the certificate of Kafka at ${brokers}, or ours, is not taken: ${detail}; look at the certificates in its Secret`
    case 'topic':
      return `Kafka at ${brokers} does not have the topic: ${detail}`
    case 'record':
      return `Kafka at ${brokers} refuses the record: ${detail}`
    case 'address':
      return `Kafka is not reached at the address ${brokers}: ${detail}`
    case 'other':
      return `Kafka at ${brokers}: ${detail}`
  }
}
