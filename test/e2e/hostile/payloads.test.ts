import { exchange } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { settled } from '../fixture/admin.ts'
import { broker, trigger } from '../fixture/manifests.ts'
import { oneServer } from '../fixture/one-server.ts'
import { brokerUrl } from '../fixture/producing.ts'
import { othersAreServed, patience } from './bystander.ts'

const server = oneServer((urlOf) => broker() + trigger('all', urlOf('/')))

const mebibyte = 1024 * 1024
const event = '{"specversion":"1.0","id":"hostile","source":"/hostile","type":"hostile"'
const structured = { 'content-type': 'application/cloudevents+json' }
const batch = { 'content-type': 'application/cloudevents-batch+json' }
const binary = { 'ce-specversion': '1.0', 'ce-source': '/hostile', 'ce-type': 'hostile' }

async function post(
  headers: Readonly<Record<string, string>>,
  body?: string | Uint8Array,
): Promise<{ status: number; code: unknown }> {
  const { status, text } = await exchange('POST', brokerUrl(server.millrace), { headers, body })
  return { status, code: text === '' ? undefined : (JSON.parse(text) as { code: unknown }).code }
}

/** Members `"x0":"v","x1":"v"…` */
function members(count: number): string {
  return Array.from({ length: count }, (_, n) => `"x${n}":"v"`).join(',')
}

function withBytes(before: string, bytes: readonly number[], after: string): Uint8Array {
  return Buffer.concat([Buffer.from(before), Uint8Array.from(bytes), Buffer.from(after)])
}

describe('a structured event is taken, whatever its data is like', () => {
  test.each([
    ['arrays 500,000 deep', `${event},"data":${'['.repeat(500_000)}${']'.repeat(500_000)}}`],
    ['objects 150,000 deep', `${event},"data":${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}}`],
    ['60,000 members', `${event},"data":{${members(60_000)}}}`],
    ['a number of 1,000,000 digits', `${event},"data":${'9'.repeat(1_000_000)}}`],
    ['60,000 extensions', `${event},${members(60_000)}}`],
    ['an extension of 170,000 escapes', `${event},"a":"${'\\u0041'.repeat(170_000)}"}`],
    ['a mebibyte of spaces', `${' '.repeat(mebibyte - 200)}${event}}`],
  ])('%s', async (_what, body) => {
    expect(await post(structured, body)).toEqual({ status: 202, code: undefined })
  })
})

describe('a structured event is refused by name', () => {
  test.each([
    ['arrays that do not end', 'malformed-json', `${event},"data":${'['.repeat(1_000_000)}`],
    [
      'a deep array as an attribute',
      'attribute-type',
      `${event},"a":${'['.repeat(9_999)}${']'.repeat(9_999)}}`,
    ],
    ['a deep array as the event', 'not-an-object', '['.repeat(500_000) + ']'.repeat(500_000)],
    ['an attribute twice', 'duplicate-attribute', `${event},"id":"other"}`],
    ['__proto__', 'attribute-name', `${event},"__proto__":{"a":1}}`],
    ['a number beyond all', 'attribute-type', `${event},"a":1e999999}`],
    ['a time of a mebibyte', 'attribute-value', `${event},"time":"${'2'.repeat(1_000_000)}"}`],
    [
      'base64 of a mebibyte with a wrong end',
      'data-base64',
      `${event},"data_base64":"${'A'.repeat(999_999)}*"}`,
    ],
    ['an escaped NUL', 'attribute-character', `${event},"a":"\\u0000"}`],
    ['a lone surrogate', 'attribute-character', `${event},"a":"\\ud800"}`],
    ['a noncharacter', 'attribute-character', `${event},"a":"\\uffff"}`],
    ['a raw control byte', 'malformed-json', `${event},"a":"\u0001"}`],
    ['a second event behind the first', 'malformed-json', `${event}}${event}}`],
    ['nothing', 'malformed-json', ''],
    ['nothing but spaces', 'malformed-json', ' '.repeat(1_000_000)],
    ['a mebibyte of NULs', 'not-an-object', Buffer.alloc(1_000_000)],
    ['UTF-16', 'malformed-json', Buffer.from(`${event}}`, 'utf16le')],
    ['bytes that are not UTF-8', 'invalid-utf8', withBytes(`${event},"a":"`, [0xff, 0xfe], '"}')],
    ['an overlong spelling', 'invalid-utf8', withBytes(`${event},"a":"`, [0xc0, 0xaf], '"}')],
    [
      'a surrogate in UTF-8, in the data',
      'invalid-utf8',
      withBytes(`${event},"data":"`, [0xed, 0xa0, 0x80], '"}'),
    ],
  ])('%s: %s', async (_what, code, body) => {
    expect(await post(structured, body)).toEqual({ status: 400, code })
  })
})

describe('a batch', () => {
  test.each([
    ['of 1,001 events', 413, 'too-many-events', `[${Array<string>(1_001).fill(`${event}}`).join()}]`],
    ['of 500,000 numbers', 400, 'not-an-object', `[${'1,'.repeat(500_000)}1]`],
    ['of commas', 400, 'not-an-object', `[${','.repeat(1_000_000)}]`],
    ['of a deep array', 400, 'not-an-object', '['.repeat(500_000) + ']'.repeat(500_000)],
  ])('%s: %i %s', async (_what, status, code, body) => {
    expect(await post(batch, body)).toEqual({ status, code })
  })
})

describe('a binary event', () => {
  test('with 3,000 extensions is taken', async () => {
    const extensions = Array.from({ length: 3_000 }, (_, n) => [`ce-x${n}`, 'v'])
    const headers = {
      ...binary,
      'ce-id': 'wide',
      ...(Object.fromEntries(extensions) as Record<string, string>),
    }
    expect((await post(headers)).status).toBe(202)
  })

  test.each([
    ['a coded NUL', 'attribute-character', 'a%00b'],
    ['a coded line break', 'attribute-character', 'a%0D%0Ab'],
    ['coded bytes that are not UTF-8', 'invalid-utf8', 'a%FFb'],
    ['raw bytes that are not UTF-8', 'invalid-utf8', 'a\u00ffb'],
    ['a surrogate in UTF-8', 'invalid-utf8', '%ED%A0%80'],
  ])('with %s is refused: %s', async (_what, code, id) => {
    expect(await post({ ...binary, 'ce-id': id })).toEqual({ status: 400, code })
  })
})

test('all that was taken is delivered, and others are served meanwhile', { timeout: 90_000 }, async () => {
  const worst = `${event},"data":${'['.repeat(500_000)}${']'.repeat(500_000)}}`
  const attacks = Promise.all(Array.from({ length: 40 }, () => post(structured, worst)))
  await othersAreServed(server.millrace, () => undefined)
  const statuses = (await attacks).map(({ status }) => status)
  const taken = statuses.filter((status) => status === 202)
  // on a busy machine one may come too late
  expect(statuses.filter((status) => status !== 202 && status !== 408)).toEqual([])
  await settled(server.millrace, patience)
  const sizes = server.sink.requests.map(({ body }) => body.length)
  expect(sizes.filter((size) => size >= 1_000_000).length).toBeGreaterThanOrEqual(Math.max(1, taken.length))
})
