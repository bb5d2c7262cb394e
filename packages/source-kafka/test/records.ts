import type { KafkaRecord } from '../src/record/kafka-record.ts'

/** A record at clicks, partition 2, offset 41, with texts for bytes. */
export function record(
  parts: {
    readonly key?: string | Uint8Array | null
    readonly value?: string | Uint8Array | null
    readonly headers?: readonly (readonly [string, string | Uint8Array])[]
    readonly timestampMs?: number
  } = {},
): KafkaRecord {
  const {
    key = null,
    value = '{"a":1}',
    headers = [],
    timestampMs = Date.UTC(2026, 10, 22, 21, 30, 0, 5),
  } = parts
  return {
    topic: 'clicks',
    partition: 2,
    offset: 41,
    timestampMs,
    key: bytes(key),
    value: bytes(value),
    headers: headers.map(([name, text]) => [name, bytes(text) ?? new Uint8Array(0)] as const),
  }
}

function bytes(value: string | Uint8Array | null): Uint8Array | null {
  return typeof value === 'string' ? new TextEncoder().encode(value) : value
}
