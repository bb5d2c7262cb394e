import { expect, test } from 'vitest'
import { buildEvent, type EventFlags } from '../src/event-from-flags.ts'

const none: EventFlags = {
  type: undefined,
  source: undefined,
  id: undefined,
  subject: undefined,
  data: undefined,
  ext: [],
  at: undefined,
  file: undefined,
}
const noInput = async () => ''

test('what is left out has a default, and the id is new each time', async () => {
  const one = await buildEvent(none, noInput)
  const other = await buildEvent(none, noInput)
  expect(one).toMatchObject({ specversion: '1.0', type: 'dev.millrace.event', source: '/millrace/send' })
  expect(one.id).not.toBe(other.id)
})

test('data that is JSON is JSON, other data is text', async () => {
  expect(await buildEvent({ ...none, data: '{"a":1}' }, noInput)).toMatchObject({
    data: { a: 1 },
    datacontenttype: 'application/json',
  })
  expect(await buildEvent({ ...none, data: 'hello' }, noInput)).toMatchObject({
    data: 'hello',
    datacontenttype: 'text/plain',
  })
})

test('flags win over the file', async () => {
  const text = '{"specversion":"1.0","id":"1","type":"a","source":"/f","subject":"s"}'
  const event = await buildEvent({ ...none, file: '-', type: 'b', ext: ['tier=gold'] }, async () => text)
  expect(event).toMatchObject({ id: '1', type: 'b', source: '/f', subject: 's', tier: 'gold' })
})

test.each([
  ['not JSON', '- is not JSON'],
  ['[]', '- is not one event'],
  ['{"specversion":"1.0","Bad-Name":"x"}', 'this is no CloudEvent'],
])('a file with %s is refused', async (text, message) => {
  await expect(buildEvent({ ...none, file: '-' }, async () => text)).rejects.toThrow(message)
})

test('an extension is NAME=VALUE with a lower-case name', async () => {
  await expect(buildEvent({ ...none, ext: ['Tier=gold'] }, noInput)).rejects.toThrow('--ext is "Tier=gold"')
  expect(await buildEvent({ ...none, ext: ['query=a=b'] }, noInput)).toMatchObject({ query: 'a=b' })
})

test('--at is a time or a duration from now', async () => {
  const time = '2026-12-24T18:00:00Z'
  expect(await buildEvent({ ...none, at: time }, noInput)).toMatchObject({ notbefore: time })
  const before = Date.now()
  const { notbefore } = await buildEvent({ ...none, at: '5m' }, noInput)
  expect(Date.parse(String(notbefore))).toBeGreaterThanOrEqual(before + 300_000)
  await expect(buildEvent({ ...none, at: 'later' }, noInput)).rejects.toThrow('--at is "later"')
})
