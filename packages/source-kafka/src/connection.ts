import { SourceError, type SecretKeySelector, type SourceContext } from '@millrace/source-sdk'
import type { KafkaConnection } from './client/kafka-client.ts'
import { CONNECTION_ESTABLISHED, type KafkaSourceSpec } from './kind.ts'

const mechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const
type Mechanism = (typeof mechanisms)[number]

/**
 * How a source's manifest and its Secrets say that Kafka is reached.
 * @throws {SourceError} where a Secret is missing, or names a mechanism that there is not
 */
export function connectionOf({
  namespace,
  name,
  spec,
  secret,
  log,
}: Pick<SourceContext<KafkaSourceSpec>, 'namespace' | 'name' | 'spec' | 'secret' | 'log'>): KafkaConnection {
  const { sasl, tls } = spec.net ?? {}
  /** A value of several lines, such as PEM. */
  const text = (selector: SecretKeySelector): string => `${secret(selector).join('\n')}\n`
  return {
    brokers: spec.bootstrapServers,
    clientId: `millrace-${namespace}-${name}`,
    log: (message, fields) => log.debug(fields, `Kafka's client: ${message}`),
    ...(sasl?.enable === true &&
      sasl.user !== undefined &&
      sasl.password !== undefined && {
        sasl: {
          mechanism: mechanismOf(sasl.type && secret(sasl.type)[0]),
          username: secret(sasl.user)[0],
          password: secret(sasl.password)[0],
        },
      }),
    ...(tls?.enable === true && {
      tls: {
        ...(tls.caCert !== undefined && { ca: text(tls.caCert) }),
        ...(tls.cert !== undefined && { cert: text(tls.cert) }),
        ...(tls.key !== undefined && { key: text(tls.key) }),
      },
    }),
  }
}

function mechanismOf(text = 'PLAIN'): Mechanism {
  const known = mechanisms.find((each) => each === text)
  if (known !== undefined) return known
  throw SourceError.terminal(`the Secret of net.sasl.type must hold ${mechanisms.join(', ')}`, {
    condition: CONNECTION_ESTABLISHED,
    reason: 'AuthenticationFailed',
  })
}
