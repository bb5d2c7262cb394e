import { readHttpEvent, type CloudEvent, type Problem } from '@millrace/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { asBytes, asText, readStructured } from './http-messages.ts'

/** The few values that members of one batch have, so that those of one event stand in the next again. */
const values: Readonly<Record<string, readonly string[]>> = {
  specversion: ['"1.0"', '"1.0"', '"1.0"', '"1.0"', '"1.0"', '"0.3"', '"2.0"'],
  id: ['"1"', '"2"', '"12"', '"a\\u0062"', '"ab"', '""'],
  source: ['"/s"', '"/s"', '"/s/t"', '"\\/s"', '"ä"', '"https://shop.example.com/tenants/7"', '"no uri"'],
  type: ['"t"', '"t"', '"com.example.orders.created"', '5'],
  subject: ['""', '"s"', '"\u00e9"', '"\\u00e9"', '"x\u007f"', 'null'],
  time: ['"2026-11-22T17:31:00Z"', '"2026-11-22T17:31:00.5Z"', '"2026-13-22T17:31:00Z"'],
  dataschema: ['"https://example.com/schema"', '"relative"'],
  schemaurl: ['"relative"', '"no uri"'],
  datacontenttype: ['"application/json"', '"text/plain"', '"json"'],
  ext: ['"1"', '1', '12', '-0', 'true', 'null', '01', '{}', '"1"x'],
  extension: ['"1"', '"1 "', '"\u20ac"'],
  data: ['1', '"x"', '{"a":[1,{"b":"\\""}]}', 'null', '[1,]', 'tru'],
  data_base64: ['"AAAA"', '"A"', 'null'],
  Upper: ['"x"'],
}
const names = Object.keys(values)
const rare = ['dataschema', 'schemaurl', 'data_base64', 'Upper']

/** White space at each of four places of a member, mostly none. */
const space = fc.oneof(
  { weight: 8, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.constantFrom(' ', '\n\t') },
)
const member = (name: string): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...(values[name] ?? [])), space, space, space, space)
    .map(([value, ...[a, b, c, d]]) => `${a}"${name}"${b}:${c}${value}${d}`)
const ordered = fc.tuple(
  ...names.map((name) => fc.option(member(name), { freq: rare.includes(name) ? 1 : 6 })),
)
const anyhow = fc.array(fc.constantFrom(...names).chain(member), { maxLength: 10 })
const valid = fc
  .record({
    id: fc.nat({ max: 20 }),
    rest: fc.constantFrom('', ',"subject":"s"', ',"ext":1', ',"data":{"a":1}'),
  })
  .map(({ id, rest }) => [`"specversion":"1.0","id":"${id}","source":"/s","type":"t"${rest}`])
const event = fc
  .oneof({ weight: 6, arbitrary: valid }, { weight: 2, arbitrary: ordered }, { weight: 1, arbitrary: anyhow })
  .map((members) => `{${members.filter((text) => text !== null).join(',')}}`)

test('a batch is what each of its events is alone', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 6 }), (texts) => {
      expect(asBatch(texts)).toEqual(oneByOne(texts))
    }),
    { numRuns: 5_000 },
  )
})

function asBatch(texts: readonly string[]): unknown {
  const body = asBytes(`[${texts.join(',')}]`)
  const result = readHttpEvent(['content-type', 'application/cloudevents-batch+json'], body)
  return result.kind === 'problem' ? told(result.problem) : result.events.map(parts)
}

/** All events, or the first problem with its index. */
function oneByOne(texts: readonly string[]): unknown {
  const events: CloudEvent[] = []
  for (const [index, text] of texts.entries()) {
    const read = readStructured(text)
    if ('code' in read) return told({ ...read, index })
    events.push(read)
    const { specversion } = read.attributes
    if (specversion !== events[0]?.attributes.specversion)
      return { code: 'mixed-specversions', index, attribute: 'specversion' }
  }
  return events.map(parts)
}

/** Its sentence is left out where the batch's first event, or the place of a byte, has a say in it. */
function told({ code, index, attribute, detail }: Problem): unknown {
  const isSame = code !== 'malformed-json' && code !== 'mixed-specversions'
  return { code, index, attribute, ...(isSame && { detail }) }
}

function parts({ attributes, data, dataForm }: CloudEvent): unknown {
  return { attributes: { ...attributes }, names: Object.keys(attributes), data: asText(data), dataForm }
}
