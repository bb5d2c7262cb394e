import { SourceError, type SinkContext } from '@millrace/source-sdk'
import type { KafkaConnection } from '../client/kafka-client.ts'
import { CONNECTION_ESTABLISHED, type KafkaSinkSpec } from './kind.ts'

const protocols = ['PLAINTEXT', 'SASL_PLAINTEXT', 'SSL', 'SASL_SSL'] as const
const mechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const

type Secret = Readonly<Record<string, string>>

/**
 * How a sink's manifest and its Secret say that Kafka is reached; the keys are those of Knative's KafkaSink.
 * @throws {SourceError} where the Secret is missing, or does not hold what its protocol needs
 */
export function secretConnection({
  namespace,
  name,
  spec,
  secret,
  log,
}: Pick<SinkContext<KafkaSinkSpec>, 'namespace' | 'name' | 'spec' | 'secret' | 'log'>): KafkaConnection {
  const common = {
    brokers: spec.bootstrapServers,
    clientId: `millrace-${namespace}-${name}`,
    log: (message: string, fields: object) => log.debug(fields, `Kafka's client: ${message}`),
  }
  if (spec.auth === undefined) return common
  const named = spec.auth.secret.ref.name
  const values = secret(named, ['password', 'user.key'])
  const value = (key: string): string => {
    const text = values[key]?.trim() ?? ''
    if (text === '') throw invalid(named, `lacks the key ${key}`)
    return text
  }
  const protocol = oneOf(protocols, value('protocol'), named, 'protocol')
  return {
    ...common,
    ...(protocol.startsWith('SASL_') && {
      sasl: {
        mechanism: oneOf(mechanisms, value('sasl.mechanism'), named, 'sasl.mechanism'),
        username: value('user'),
        password: value('password'),
      },
    }),
    ...(protocol.endsWith('SSL') && { tls: tlsOf(values, named) }),
  }
}

/** Without `ca.crt` the system's authorities hold; without `user.crt` we show no certificate. */
function tlsOf(values: Secret, named: string): NonNullable<KafkaConnection['tls']> {
  const { 'ca.crt': ca, 'user.crt': cert, 'user.key': key } = values
  if ((cert === undefined) !== (key === undefined))
    throw invalid(named, `has ${cert === undefined ? 'user.key' : 'user.crt'} alone, both belong together`)
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  }
}

function oneOf<Known extends string>(
  known: readonly Known[],
  text: string,
  named: string,
  key: string,
): Known {
  const found = known.find((each) => each === text)
  if (found === undefined) throw invalid(named, `has ${key} "${text}", it must be ${known.join(', ')}`)
  return found
}

function invalid(named: string, what: string): SourceError {
  return SourceError.terminal(`secrets "${named}" ${what}`, {
    condition: CONNECTION_ESTABLISHED,
    reason: 'SecretInvalid',
  })
}
