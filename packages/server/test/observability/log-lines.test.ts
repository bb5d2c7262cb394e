import { Writable } from 'node:stream'
import { afterEach, describe, expect, test } from 'vitest'
import type { Addressable, EventRecord, Route } from '@millrace/core'
import { createChannels, type Channels, type DeliveryAttempted } from '../../src/observability/channels.ts'
import { createLog, type LogLevel } from '../../src/observability/log.ts'
import { logEvents } from '../../src/observability/log-events.ts'
import { LogLines } from '../../src/observability/log-lines.ts'
import { brokerWith, compiled } from '../topology-of.ts'

type Line = Record<string, unknown> & { msg: string; level: string }

const channels = createChannels()
const running: LogLines[] = []
afterEach(() => {
  for (const lines of running.splice(0)) lines.stop()
})

function follow(level: LogLevel, given: Channels = channels): { lines: Line[]; logLines: LogLines } {
  const lines: Line[] = []
  const to = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as Line)
      done()
    },
  })
  const logLines = new LogLines(createLog(level, to), given)
  logLines.start()
  running.push(logLines)
  return { lines, logLines }
}

const { topology } = await compiled(brokerWith('log', ['first', 'second']))
const addressable = topology.addressables.get('/log/default') as Addressable
const [first, second] = addressable.routes as [Route, Route]
const record: EventRecord = {
  event: {
    attributes: { specversion: '1.0', id: '1', source: '/s', type: 'test.made', subject: 'x' },
    data: new TextEncoder().encode('{"password":"hunter2"}'),
    dataForm: 'binary',
  },
  headers: {},
  acceptedAt: 0,
}

function attempted(outcome: DeliveryAttempted['outcome'], route: Route = first): void {
  const result =
    outcome === 'delivered' ? { code: 202 } : { error: 'connect ECONNREFUSED 127.0.0.1:9', due: 1_000 }
  channels.deliveryAttempted.publish({
    route,
    record,
    delivery: '1',
    attempt: 1,
    outcome,
    ...result,
    destination: 'http://127.0.0.1:9/first',
    ms: 1.4,
  })
}

describe('the log', () => {
  test('tells of an accepted event and what it matched, at debug', () => {
    const { lines } = follow('debug')
    channels.eventAccepted.publish({ addressable, record, matched: [second] })
    expect(lines).toMatchObject([
      {
        level: 'debug',
        msg: 'event.accepted',
        outcome: 'accepted',
        addressable: '/log/default',
        id: '1',
        bytes: 22,
      },
      { level: 'debug', msg: 'event.routed', id: '1', matched: ['second'], of: 2 },
    ])
  })

  test('does not follow events that succeed unless debug is on', () => {
    let followed = 0
    const { eventAccepted } = channels
    // whether there is any subscriber depends on the other servers of the process
    const counted = {
      ...channels,
      eventAccepted: {
        ...eventAccepted,
        subscribe(listener: Parameters<typeof eventAccepted.subscribe>[0]) {
          followed += 1
          return eventAccepted.subscribe(listener)
        },
      },
    }
    follow('info', counted)
    expect(followed).toBe(0)
    follow('debug', counted)
    expect(followed).toBe(1)
  })

  test('tells when a route begins to fail, and when it succeeds again', () => {
    const { lines } = follow('info')
    for (let i = 0; i < 1_000; i++) attempted('retry')
    attempted('delivered')
    attempted('delivered')
    expect(lines).toMatchObject([
      {
        level: 'warn',
        msg: 'delivery.attempted',
        trigger: 'log/first',
        to: 'subscriber',
        state: 'failing',
        error: 'connect ECONNREFUSED 127.0.0.1:9',
        due: '1970-01-01T00:00:01.000Z',
      },
      { level: 'info', msg: 'delivery.attempted', state: 'recovered', failures: 1_000, outcome: 'delivered' },
    ])
    expect(lines).toHaveLength(2)
  })

  test('counts what goes on failing in one line a period', () => {
    const { lines, logLines } = follow('info')
    for (let i = 0; i < 10; i++) attempted('dead')
    logLines.endPeriod()
    expect(lines.slice(1)).toMatchObject([
      { level: 'warn', state: 'still-failing', failures: 9, trigger: 'log/first' },
    ])
  })

  test('tells of routes one by one', () => {
    const { lines } = follow('info')
    attempted('retry', first)
    attempted('retry', second)
    expect(lines.map(({ trigger }) => trigger)).toEqual(['log/first', 'log/second'])
  })

  test('tells of the first rejection of a code, and counts the rest', () => {
    const { lines, logLines } = follow('info')
    const rejected = {
      path: '/log/default',
      addressable,
      status: 400,
      code: 'missing-attribute',
      detail: 'ce-id',
    }
    for (let i = 0; i < 100; i++) channels.eventRejected.publish(rejected)
    channels.eventRejected.publish({ ...rejected, status: 503, code: 'busy' })
    logLines.endPeriod()
    expect(lines).toMatchObject([
      { level: 'info', msg: 'event.accepted', outcome: 'rejected', code: 'missing-attribute', status: 400 },
      { level: 'warn', msg: 'event.accepted', outcome: 'rejected', code: 'busy' },
      { level: 'info', code: 'missing-attribute', count: 99 },
    ])
  })

  test('never shows data, and cuts long attributes', () => {
    const { lines } = follow('debug')
    const event = { ...record.event, attributes: { ...record.event.attributes, id: 'x'.repeat(60_000) } }
    channels.eventAccepted.publish({ addressable, record: { ...record, event }, matched: [] })
    attempted('retry')
    const text = JSON.stringify(lines)
    expect(text).not.toContain('hunter2')
    expect(text.length).toBeLessThan(3_000)
  })

  test('has no fields beyond those that are listed', () => {
    const { lines, logLines } = follow('debug')
    channels.eventAccepted.publish({ addressable, record, matched: [first] })
    channels.eventRejected.publish({
      path: '/x',
      addressable: undefined,
      status: 404,
      code: 'no-such',
      detail: 'd',
    })
    channels.eventRejected.publish({
      path: '/x',
      addressable: undefined,
      status: 404,
      code: 'no-such',
      detail: 'd',
    })
    for (const outcome of ['retry', 'delivered', 'dead', 'dead'] as const) attempted(outcome)
    channels.sourceRun.publish({
      kind: 'PingSource',
      namespace: 'log',
      name: 'p',
      state: 'failed',
      error: 'e',
    })
    channels.resourceChanged.publish({
      kind: 'Trigger',
      namespace: 'log',
      name: 't',
      change: 'added',
      file: 'f',
      line: 1,
    })
    logLines.endPeriod()
    expect(new Set(lines.map(({ msg }) => msg))).toEqual(new Set(Object.keys(logEvents)))
    for (const { msg, level, time, ...fields } of lines) {
      const listed: readonly string[] = logEvents[msg as keyof typeof logEvents]
      expect(listed, `${msg} at ${level}, ${String(time)}`).toEqual(
        expect.arrayContaining(Object.keys(fields)),
      )
    }
  })
})
