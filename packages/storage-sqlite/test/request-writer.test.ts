import type { Advance, AppendItem, Settlement, Target } from '@millrace/storage'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { deliveryKey } from '../src/lease-id.ts'
import { RequestWriter } from '../src/request-writer.ts'
import { RequestReader } from '../src/worker/request-reader.ts'

const number = fc.nat(2 ** 40)
const record = fc.uint8Array({ maxLength: 40 })
const target: fc.Arbitrary<Target> = fc.record(
  { route: number, lease: fc.boolean(), key: fc.string(), due: number },
  { requiredKeys: ['route', 'lease'] },
)
const item: fc.Arbitrary<AppendItem> = fc.record(
  {
    owner: fc.string(),
    record,
    to: fc.array(target, { maxLength: 4 }),
    dedupe: fc.record({ key: fc.string(), keepMs: number }),
    archive: fc.record({ keepMs: number, eventId: fc.string() }),
  },
  { requiredKeys: ['owner', 'record', 'to'] },
)
const details = fc.record({
  reason: fc.string(),
  attempts: number,
  firstAttempt: number,
  lastAttempt: number,
})
const end = fc.record({
  result: fc.constantFrom('delivered', 'dead'),
  attempts: number,
  at: number,
  ms: number,
})
const settlement: fc.Arbitrary<Settlement> = fc.record(
  {
    lease: fc.record({
      id: fc.tuple(number, number).map(([event, route]) => `${event}-${route}`),
      route: number,
      attempts: number,
      firstAttempt: fc.constant(undefined),
      interruptions: fc.constant(0),
      key: fc.option(fc.string(), { nil: undefined }),
      record: fc.constant(undefined),
    }),
    outcome: fc.oneof(
      fc.constant({ kind: 'done' } as const),
      end.map((how) => ({ kind: 'done', end: how }) as const),
      details.map((parked) => ({ kind: 'park', details: parked }) as const),
      number.map((due) => ({ kind: 'retry', due }) as const),
    ),
    attempt: fc.record({ n: number, at: number, ms: number }),
    deadLetters: fc.array(
      fc.record({ route: number, details, record }, { requiredKeys: ['route', 'details'] }),
    ),
    appends: fc.array(item, { maxLength: 2 }),
  },
  { requiredKeys: ['lease', 'outcome'] },
)
const advance: fc.Arbitrary<Advance> = fc.record({
  key: fc.string(),
  from: fc.option(fc.string(), { nil: undefined }),
  to: fc.string(),
})
type Asked =
  | { readonly kind: 'append'; readonly items: AppendItem[]; readonly advance: Advance | undefined }
  | { readonly kind: 'settle'; readonly items: Settlement[] }
  | { readonly kind: 'other'; readonly key: string }
const asked: fc.Arbitrary<Asked> = fc.oneof(
  fc.record({
    kind: fc.constant('append' as const),
    items: fc.array(item, { maxLength: 3 }),
    advance: fc.option(advance, { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('settle' as const), items: fc.array(settlement, { maxLength: 3 }) }),
  fc.record({ kind: fc.constant('other' as const), key: fc.string() }),
)

test('the calls of a turn arrive as they were written, in order, records and all', () => {
  fc.assert(
    fc.property(fc.array(asked), number, (calls, now) => {
      const writer = new RequestWriter()
      for (const [id, call] of calls.entries()) {
        if (call.kind === 'append') writer.append(id, call.items, now, call.advance)
        else if (call.kind === 'settle') writer.settle(id, call.items, now)
        else writer.other(id, { name: 'getCheckpoint', args: call.key }, now)
      }
      expect(writer.isEmpty).toBe(calls.length === 0)
      expect(new RequestReader().read(structuredClone(writer.take()))).toEqual(
        calls.map((call, id) => ({ id, now, ...read(call) })),
      )
      expect(writer.isEmpty).toBe(true)
    }),
  )
})

/** What the worker makes of a call. */
function read(call: Asked): object {
  if (call.kind === 'other') return { kind: 'other', call: { name: 'getCheckpoint', args: call.key } }
  if (call.kind === 'append') return call
  const items = call.items.map(({ lease, outcome, attempt, deadLetters, appends }) => {
    const [event, route] = deliveryKey(lease.id)
    const retryDue = outcome.kind === 'retry' ? outcome.due : undefined
    return {
      event,
      route,
      key: lease.key,
      retryDue,
      end: outcome.kind === 'done' ? outcome.end : undefined,
      parked: outcome.kind === 'park' ? outcome.details : undefined,
      attempt,
      deadLetters: deadLetters ?? [],
      appends: appends ?? [],
    }
  })
  return { kind: 'settle', items }
}
