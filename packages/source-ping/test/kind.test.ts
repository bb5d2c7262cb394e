import { formatFinding, loadManifests, sourceKind } from '@millrace/resources'
import { expect, test } from 'vitest'
import { pingSourceKind } from '../src/kind.ts'

const sink = 'sink: {uri: http://sink/}'

test('Knative’s documented manifest is taken; its defaults are every minute, in UTC', async () => {
  const { found, spec } = await read([sink])
  expect(found).toEqual([])
  expect(spec).toMatchObject({ schedule: '* * * * *', timezone: 'UTC' })
})

test('an empty text is none, as in Knative', async () => {
  const empty = ['schedule: ""', 'timezone: ""', 'contentType: ""', 'data: ""', 'dataBase64: eA==']
  const { found, spec } = await read([sink, ...empty])
  expect(found).toEqual([])
  expect(spec).toEqual({
    schedule: '* * * * *',
    timezone: 'UTC',
    dataBase64: 'eA==',
    sink: { uri: 'http://sink/' },
  })
})

test('data are taken as they stand: what looks like a variable is data', async () => {
  const { found, spec } = await read([sink, "data: 'Hi ${NAME} $${X}'", 'contentType: text/plain'])
  expect(found).toEqual([])
  expect(spec).toMatchObject({ data: 'Hi ${NAME} $${X}' })
})

test.each([
  ['{"a": 1}', []],
  ['[1]', ['spec.data: is not a JSON object, which the contentType application/json asks for']],
  ['{"a"', ['spec.data: is not a JSON object, which the contentType application/json asks for']],
])('of application/json the data %s must be an object', async (data, problems) => {
  const { found } = await read([sink, `data: '${data}'`, 'contentType: application/json'])
  expect(found).toEqual(problems.map((problem) => `-:4: tick: ${problem}`))
})

test.each([
  [
    'schedule: "@every 5m"',
    'spec.schedule: is @every, which is not taken; write fields, such as */5 * * * * for every 5 minutes',
  ],
  ['schedule: "0 0 L * *"', 'spec.schedule: has the day of month "L", must be a number from 1 to 31'],
  ['schedul: "* * * * *"', 'spec.schedul: unknown field, did you mean "schedule"?'],
  [
    'timezone: Europe/Pariss',
    'spec.timezone: is "Europe/Pariss", must be a name of the IANA time zone database such as Europe/Paris',
  ],
  [
    'timezone: "+01:00"',
    'spec.timezone: is "+01:00", must be a name of the IANA time zone database such as Europe/Paris',
  ],
  ['contentType: json', 'spec.contentType: is "json", must be a media type such as application/json'],
  [
    'contentType: "text/plain; charset"',
    'spec.contentType: is "text/plain; charset", must be a media type such as application/json',
  ],
  ['dataBase64: "%%"', 'spec.dataBase64: is "%%", must be text in base64'],
  [
    'ceOverrides: {extensions: {time: x}}',
    'spec.ceOverrides.extensions.time: is an attribute that the source sets itself, must be an extension',
  ],
  [
    'ceOverrides: {extensions: {My-Ext: x}}',
    'spec.ceOverrides.extensions.My-Ext: is no attribute name, must be lower-case letters and digits',
  ],
])('%s is refused', async (line, message) => {
  expect((await read([sink, line])).found).toEqual([`-:4: tick: ${message}`])
})

test('base64 may be wrapped, as Knative takes it; a media type may have parameters', async () => {
  const { found } = await read([
    sink,
    'dataBase64: "aGVs\\nbG8=\\n"',
    `contentType: 'text/plain; charset="utf-8"'`,
  ])
  expect(found).toEqual([])
})

test('of data and dataBase64 there is at most one (Knative: expected exactly one)', async () => {
  const { found } = await read([sink, 'data: x', 'dataBase64: eA=='])
  expect(found).toEqual(['-:4: tick: spec.dataBase64: expected exactly one, got both: data, dataBase64'])
})

test('a schedule that never comes is warned of', async () => {
  const { found } = await read([sink, 'schedule: "0 0 31 2 *"'])
  expect(found).toEqual(['warning -:4: tick: spec.schedule: is "0 0 31 2 *", a time that never comes'])
})

test('without a sink it is refused', async () => {
  expect((await read(['schedule: "@daily"'])).found).toEqual([
    expect.stringContaining('spec.sink: is missing'),
  ])
})

async function read(fields: readonly string[]) {
  const manifest = [
    'apiVersion: sources.knative.dev/v1',
    'kind: PingSource',
    'metadata: {name: tick}',
    `spec: {${fields.join(', ')}}`,
  ]
  const { resources, findings } = await loadManifests(['-'], {
    env: {},
    stdin: async () => manifest.join('\n'),
    findSource: async () => sourceKind(pingSourceKind),
  })
  return { found: findings.map(formatFinding), spec: resources[0]?.spec }
}
