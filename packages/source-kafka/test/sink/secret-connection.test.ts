import { describe, expect, test } from 'vitest'
import { secretConnection } from '../../src/sink/secret-connection.ts'

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

function connection(values?: Readonly<Record<string, string>>) {
  const hidden: string[] = []
  const auth = values && { secret: { ref: { name: 's' } } }
  const { log: _, ...found } = secretConnection({
    namespace: 'shop',
    name: 'k',
    spec: { topic: 't', bootstrapServers: ['k:9092'], contentMode: 'binary', ...(auth && { auth }) },
    secret: (name, keys) => {
      expect(name).toBe('s')
      hidden.push(...keys)
      return values ?? {}
    },
    log,
  })
  return { ...found, hidden }
}

const common = { brokers: ['k:9092'], clientId: 'millrace-shop-k' }
const hidden = ['password', 'user.key']
const sasl = { 'sasl.mechanism': 'SCRAM-SHA-512', user: 'u', password: 'p' }
const asked = { mechanism: 'SCRAM-SHA-512', username: 'u', password: 'p' }

describe('the Secret of a KafkaSink', () => {
  test('is not needed for plain text', () => {
    expect(connection()).toEqual({ ...common, hidden: [] })
  })

  test.each([
    [{ protocol: 'PLAINTEXT' }, {}],
    [{ protocol: 'SASL_PLAINTEXT\n', ...sasl }, { sasl: asked }],
    [{ protocol: 'SSL' }, { tls: {} }],
    [
      { protocol: 'SSL', 'ca.crt': 'CA', 'user.crt': 'CERT', 'user.key': 'KEY' },
      { tls: { ca: 'CA', cert: 'CERT', key: 'KEY' } },
    ],
    [
      { protocol: 'SASL_SSL', 'ca.crt': 'CA', ...sasl },
      { tls: { ca: 'CA' }, sasl: asked },
    ],
  ])('%j', (values, expected) => {
    expect(connection(values)).toEqual({ ...common, ...expected, hidden })
  })

  test.each([
    [{}, 'secrets "s" lacks the key protocol'],
    [
      { protocol: 'TLS' },
      'secrets "s" has protocol "TLS", it must be PLAINTEXT, SASL_PLAINTEXT, SSL, SASL_SSL',
    ],
    [{ protocol: 'SASL_SSL' }, 'secrets "s" lacks the key sasl.mechanism'],
    [
      { protocol: 'SASL_SSL', ...sasl, 'sasl.mechanism': 'GSSAPI' },
      'secrets "s" has sasl.mechanism "GSSAPI", it must be PLAIN, SCRAM-SHA-256, SCRAM-SHA-512',
    ],
    [{ protocol: 'SASL_PLAINTEXT', ...sasl, user: ' ' }, 'secrets "s" lacks the key user'],
    [{ protocol: 'SSL', 'user.crt': 'CERT' }, 'secrets "s" has user.crt alone, both belong together'],
    [{ protocol: 'SSL', 'user.key': 'KEY' }, 'secrets "s" has user.key alone, both belong together'],
  ])('%j says what is wrong', (values, message) => {
    expect(() => connection(values)).toThrow(message)
  })
})
