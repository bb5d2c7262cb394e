import { readHttpEvent, toHttp, toStructured } from '@millrace/core'
import type { Contest, Sample } from '../measure/contest.ts'
import { nanoseconds, printTable } from './measure.ts'

/** What reading and writing one event costs, with 1 KB of JSON data and eight attributes. */
export function codec(): void {
  printTable('One event of 1 KB through the codec, µs', [
    ['way', 'median'],
    row('binary in', binary, ({ headers, body }) => readHttpEvent(headers, body)),
    row('binary in, binary out', binary, ({ headers, body }) => out(headers, body, 'binary')),
    row('binary in, structured out', binary, ({ headers, body }) => out(headers, body, 'json')),
    row('structured in', structured, ({ headers, body }) => readHttpEvent(headers, body)),
    row('structured in, binary out', structured, ({ headers, body }) => out(headers, body, 'binary')),
    row('structured in, structured out', structured, ({ headers, body }) => out(headers, body, 'json')),
    row('batch of 100 in, each event', batch, ({ headers, body }) => readHttpEvent(headers, body), 100),
  ])
}

/** Binary in and out, beside what Node takes to write and read the same headers as JSON. */
export async function codecContest(): Promise<Contest> {
  return {
    measured: (ms) => timed(ms, ({ headers, body }) => out(headers, body, 'binary')),
    reference: (ms) => timed(ms, ({ headers }) => JSON.parse(JSON.stringify(headers))),
  }
}

async function timed(ms: number, work: (message: Message) => unknown): Promise<Sample> {
  const until = performance.now() + ms
  const cpu = process.cpuUsage()
  let used = 0
  let events = 0
  while (performance.now() < until) {
    const messages = Array.from({ length: 2_000 }, binary)
    const before = process.cpuUsage(cpu)
    for (const message of messages) work(message)
    const after = process.cpuUsage(cpu)
    used += after.user + after.system - before.user - before.system
    events += messages.length
  }
  return { cost: used / events, accepted: events, expected: 0, delivered: 0, foreign: 0 }
}

interface Message {
  readonly headers: string[]
  readonly body: Uint8Array
}

function row(
  name: string,
  make: () => Message,
  work: (message: Message) => unknown,
  events = 1,
): (string | number)[] {
  const count = Math.ceil(20_000 / events)
  const cost = nanoseconds(11, () => Array.from({ length: count }, make), work)
  return [name, cost / events / 1_000]
}

function out(headers: readonly string[], body: Uint8Array, format: 'binary' | 'json'): unknown {
  const read = readHttpEvent(headers, body)
  const [event] = read.kind === 'events' ? read.events : []
  if (event === undefined) throw new Error(JSON.stringify(read))
  return toHttp(event, format)
}

const data = JSON.stringify({
  order: 4711,
  lines: Array.from({ length: 12 }, (_, line) => ({
    line,
    sku: `sku-${line}-000`,
    text: 'Rotwein "trocken"',
  })),
  note: 'x'.repeat(190),
})

/** As node gives them: every string is a new one. */
function binary(): Message {
  const headers = [
    'Host',
    'broker:8080',
    'Content-Type',
    'application/json',
    'Content-Length',
    '1024',
    'ce-specversion',
    '1.0',
    'ce-id',
    '5c8f9f3a-8c54-4b67-9b0f-3f1f8f1d2c11',
    'ce-type',
    'com.example.orders.created',
    'ce-source',
    'https://shop.example.com/tenants/7',
    'ce-subject',
    'customers/4711',
    'ce-time',
    '2026-11-22T18:09:12.123456789Z',
    'ce-traceparent',
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    'ce-partitionkey',
    '4711',
  ]
  return { headers: headers.map((text) => Buffer.from(text).toString('latin1')), body: Buffer.from(data) }
}

function structured(): Message {
  return { headers: ['content-type', 'application/cloudevents+json'], body: Buffer.from(structuredBody) }
}

function batch(): Message {
  return { headers: ['content-type', 'application/cloudevents-batch+json'], body: Buffer.from(batchBody) }
}

const structuredBody = textOf(binary())
const batchBody = `[${Array.from({ length: 100 }, () => structuredBody).join(',')}]`

function textOf({ headers, body }: Message): string {
  const read = readHttpEvent(headers, body)
  const [event] = read.kind === 'events' ? read.events : []
  if (event === undefined) throw new Error(JSON.stringify(read))
  return Buffer.from(toStructured(event).body ?? []).toString()
}
