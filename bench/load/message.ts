/** The generator writes an id of its own in this place of each request. */
const idMark = '@@@@@@@@@@@@@@@@@@id'
/** And the time of sending in this. */
const timeMark = '@@@@@@@@@@@@@@t0'

export interface MessageShape {
  readonly path: string
  readonly mode: 'binary' | 'structured' | 'batch'
  /** Of the event's data. */
  readonly bytes: number
  /** In a batch. */
  readonly events: number
  readonly type: string
}

export const anEvent: MessageShape = {
  path: '/default/default',
  mode: 'binary',
  bytes: 1_024,
  events: 1,
  type: 'com.example.orders.created',
}

/** A whole HTTP request, as the generator takes it. */
export function request(shape: MessageShape): Uint8Array {
  const body = bodyOf(shape)
  const lines = [
    `POST ${shape.path} HTTP/1.1`,
    'Host: 127.0.0.1',
    ...headers(shape),
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`)
}

function headers({ mode, type }: MessageShape): string[] {
  if (mode === 'structured') return ['Content-Type: application/cloudevents+json']
  if (mode === 'batch') return ['Content-Type: application/cloudevents-batch+json']
  const attributes = Object.entries(attributesOf(type)).map(([name, value]) => `ce-${name}: ${value}`)
  return ['Content-Type: application/json', ...attributes]
}

function attributesOf(type: string): Readonly<Record<string, string>> {
  return {
    specversion: '1.0',
    id: idMark,
    type,
    source: 'https://shop.example.com/tenants/7',
    subject: 'customers/4711',
    time: '2026-11-22T18:09:12.123456789Z',
    partitionkey: '4711',
    t0: timeMark,
  }
}

function bodyOf({ mode, type, bytes, events }: MessageShape): string {
  const data = jsonOf(bytes)
  if (mode === 'binary') return data
  const members = JSON.stringify({ ...attributesOf(type), datacontenttype: 'application/json' })
  const event = `${members.slice(0, -1)},"data":${data}}`
  return mode === 'structured' ? event : `[${Array.from({ length: events }, () => event).join(',')}]`
}

/** JSON of exactly so many bytes: an order, with a note that fills it up. */
function jsonOf(bytes: number): string {
  const lines = Array.from({ length: 8 }, (_, line) => ({
    line,
    sku: `sku-${line}-000`,
    text: 'Rotwein "trocken"',
  }))
  const order = JSON.stringify({ order: 4711, lines, note: '' })
  return `${order.slice(0, -2)}${'x'.repeat(Math.max(0, bytes - order.length))}"}`
}
