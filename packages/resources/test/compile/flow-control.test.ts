import { describe, expect, it } from 'vitest'
import { acceptanceOf, flowControlOf } from '../../src/compile/flow-control.ts'

const ours = (annotations: Record<string, string>) =>
  flowControlOf(
    Object.fromEntries(Object.entries(annotations).map(([name, value]) => [`millrace.dev/${name}`, value])),
  )

describe('what a route asks for', () => {
  it('without an annotation it is plain', () => {
    expect(flowControlOf({ 'millrace.dev/in-flight': '5', 'example.com/rate': '1/s' })).toBeUndefined()
  })

  it('all of them are read', () => {
    expect(
      ours({
        'ordered-by': 'partitionkey,subject',
        'on-failure': 'park',
        rate: '60/m burst 3',
        delay: 'PT5M',
        'due-from': 'notbefore',
        circuit: '5/PT1S',
      }),
    ).toEqual({
      orderedBy: ['partitionkey', 'subject'],
      park: true,
      rate: { count: 60, perMs: 60_000, burst: 3 },
      delayMs: 300_000,
      dueFrom: 'notbefore',
      circuit: { failures: 5, probeMs: 1_000 },
    })
    expect(ours({ batch: '100/PT0.5S' })).toEqual({ batch: { size: 100, waitMs: 500 } })
  })

  it.each([
    ['100/s', 10],
    ['9/s', 1],
    ['6000/m', 10],
    ['1/h', 1],
    ['15/s', 1],
  ])('a rate of %s has a burst of a tenth of a second, at least 1', (text, burst) => {
    expect(ours({ rate: text })?.rate).toMatchObject({ burst })
  })

  it("Kafka's ordered is an order by partitionkey, unless there is one of ours", () => {
    const kafka = { 'kafka.eventing.knative.dev/delivery.order': 'ordered' }
    expect(flowControlOf(kafka)).toEqual({ orderedBy: ['partitionkey'] })
    expect(flowControlOf({ ...kafka, 'millrace.dev/ordered-by': 'subject' })).toEqual({
      orderedBy: ['subject'],
    })
    expect(flowControlOf({ 'kafka.eventing.knative.dev/delivery.order': 'unordered' })).toBeUndefined()
  })

  it('an addressable knows for how long it looks for the same event', () => {
    expect(acceptanceOf({ 'millrace.dev/dedupe': 'PT1H' })).toEqual({ dedupeMs: 3_600_000 })
    expect(acceptanceOf({})).toEqual({})
  })

  it.each([
    [{ archive: 'PT24H' }, { keepMs: 86_400_000 }],
    [
      { archive: 'PT1H', 'archive-size': '1Gi' },
      { keepMs: 3_600_000, maxBytes: 2 ** 30 },
    ],
    [
      { archive: 'PT1H', 'archive-size': '1.5M' },
      { keepMs: 3_600_000, maxBytes: 1_500_000 },
    ],
    // bounded by its size alone: as long as anything of the past is kept
    [{ 'archive-size': '4096' }, { keepMs: 30 * 86_400_000, maxBytes: 4096 }],
  ])('an addressable knows what it keeps: %j', (annotations, archive) => {
    const named = Object.entries(annotations).map(([name, value]) => [`millrace.dev/${name}`, value])
    expect(acceptanceOf(Object.fromEntries(named) as Record<string, string>)).toEqual({ archive })
  })
})
