import { expect, test } from 'vitest'
import { Blackening, SecretValues } from '../../src/sources/secret-values.ts'

const value = 's3cr&t "value"'

test.each([
  ['as it is', value],
  ['in a URL', encodeURIComponent(value)],
  ['in a header of Basic', Buffer.from(value).toString('base64')],
  ['in JSON', JSON.stringify(value)],
])('a secret is blackened %s', (_, text) => {
  const blackening = new Blackening()
  blackening.add([value])
  expect(blackening.text(`upstream said no to ${text}.`)).toMatch(/^upstream said no to "?\*\*\*=*"?\.$/)
})

test('of two secrets that are part of one another the longer is blackened first', () => {
  const blackening = new Blackening()
  blackening.add(['abc', 'abcdef'])
  expect(blackening.text('abcdef abc')).toBe('*** ***')
})

test('what stands deep inside is blackened, names and errors too', () => {
  const blackening = new Blackening()
  blackening.add(['abc'])
  const shown = blackening.value({ abc: ['abc', { deep: 'xabcx' }], err: new Error('abc') })
  expect(JSON.stringify(shown)).not.toContain('abc')
})

const keyFile = `{
  "type": "service_account",
  "client_email": "millrace@acme.iam.gserviceaccount.com",
  "private_key": "-----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY-----\\n"
}
`

test('a file of keys is one secret, however many lines it has', () => {
  const spec = { data: { 'key.json': keyFile } }
  const metadata = { namespace: 'default', name: 'google', annotations: {}, labels: {} }
  const values = new SecretValues([
    { apiVersion: 'v1', kind: 'Secret', metadata, spec, origin: { file: '-', line: 1 } },
  ])
  const found = values.find('default', { secretKeyRef: { name: 'google', key: 'key.json' } })
  expect(found).toEqual([keyFile.trim()])
})

test('of a file of keys the keys are blackened, and neither braces nor the name of the account', () => {
  const blackening = new Blackening()
  blackening.add([keyFile.trim()])
  const { private_key: key } = JSON.parse(keyFile) as { private_key: string }
  expect(blackening.text(`{ millrace@acme.iam.gserviceaccount.com has ${key} }`)).toBe(
    '{ millrace@acme.iam.gserviceaccount.com has *** }',
  )
})
