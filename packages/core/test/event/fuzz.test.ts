import { readHttpEvent, readHttpReply, toBatch, toBinary, toStructured } from '@millrace/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { events } from './arbitrary-event.ts'
import { asBytes, required, requiredMembers } from './http-messages.ts'
import { allModes, facts, send } from './modes.ts'

/** As many runs as there is time for; `MILLRACE_FUZZ_MS` gives more of it. */
const timeMs = Number(process.env['MILLRACE_FUZZ_MS'] ?? 1_000)
const boxed = {
  numRuns: Number.MAX_SAFE_INTEGER,
  interruptAfterTimeLimit: timeMs,
  markInterruptAsFailure: false,
}

test('the codec never throws, whatever headers and bytes come; what it takes it can write and take again', () => {
  const name = fc.oneof(
    fc.constantFrom(
      'content-type',
      'Content-Encoding',
      'ce-',
      ...Object.keys(required),
      'ce-time',
      'ce-subject',
    ),
    fc.string({ unit: 'binary-ascii', maxLength: 12 }).map((text) => `ce-${text}`),
  )
  const value = fc.oneof(
    fc.constantFrom('1.0', '0.3', 'application/cloudevents+json', 'application/cloudevents-batch+json', '/s'),
    fc.array(fc.integer({ min: 0, max: 255 })).map((codes) => String.fromCharCode(...codes)),
  )
  const headers = fc.array(fc.tuple(name, value)).map((pairs) => pairs.flat())
  const body = fc.oneof(fc.uint8Array(), fc.json().map(asBytes))
  fc.assert(
    fc.property(headers, fc.boolean(), body, (extra, complete, bytes) => {
      survives([...(complete ? Object.entries(required).flat() : []), ...extra], bytes)
    }),
    boxed,
  )
})

test('a structured event or batch with bytes changed never makes the codec throw', () => {
  const edit = fc.record({
    at: fc.nat(),
    remove: fc.nat({ max: 3 }),
    insert: fc.uint8Array({ maxLength: 3 }),
  })
  const member = fc.oneof(
    fc.constantFrom('id', 'data', 'data_base64', 'datacontenttype', 'datacontentencoding', 'x'),
  )
  const json = fc
    .dictionary(member, fc.oneof(fc.jsonValue(), fc.constantFrom('text/plain', 'base64', 'AAAA')))
    .map((members) => JSON.stringify({ ...requiredMembers, ...members }))
  fc.assert(
    fc.property(json, fc.boolean(), fc.array(edit, { maxLength: 3 }), (text, batch, edits) => {
      let bytes = asBytes(batch ? `[${text},${text}]` : text)
      for (const { at, remove, insert } of edits) {
        const start = at % (bytes.length + 1)
        bytes = Uint8Array.of(...bytes.subarray(0, start), ...insert, ...bytes.subarray(start + remove))
      }
      survives(['content-type', `application/cloudevents${batch ? '-batch' : ''}+json`], bytes)
    }),
    boxed,
  )
})

test('a whole message with bytes of its headers and its body changed never makes the codec throw', () => {
  const written = fc
    .tuple(fc.array(events, { minLength: 1, maxLength: 3 }), fc.constantFrom(...allModes))
    .map(([all, mode]) => {
      const [first] = all
      if (mode === 'batch' || first === undefined) return toBatch(all)
      return mode === 'binary' ? toBinary(first) : toStructured(first)
    })
  const edits = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 })
  fc.assert(
    fc.property(written, edits, edits, ({ headers, body = new Uint8Array(0) }, inHeaders, inBody) => {
      const changed = [...headers]
      for (const [at, code] of inHeaders) {
        const index = at % changed.length
        const text = changed[index] ?? ''
        const place = at % (text.length + 1)
        changed[index] = text.slice(0, place) + String.fromCharCode(code) + text.slice(place + (code & 1))
      }
      const bytes = body.slice()
      for (const [at, code] of inBody) if (bytes.length > 0) bytes[at % bytes.length] = code
      survives(changed, bytes)
    }),
    boxed,
  )
})

/** It is read or refused in words; what is read can be written and read again, and stays the same. */
function survives(headers: readonly string[], body: Uint8Array): void {
  for (const status of [200, 202, 204, 500]) {
    const reply = readHttpReply(status, headers, body)
    if (reply.kind === 'malformed') expect(reply.problem.detail).toMatch(/^[ -~]+$/)
  }
  const result = readHttpEvent(headers, body)
  if (result.kind === 'problem') {
    expect(result.problem.detail).toMatch(/^[ -~]+$/)
    return
  }
  for (const event of result.events) {
    expect(facts(send(event, 'binary'))).toEqual(facts(event))
    // the first JSON leaves out white space around data, and codes what no URI has
    const settled = send(event, 'structured')
    for (const mode of allModes) expect(facts(send(settled, mode))).toEqual(facts(settled))
  }
}
