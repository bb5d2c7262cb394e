import type { OutgoingRecord } from '../client/kafka-client.ts'

/** Kafka takes 1 MiB at once where nobody has said otherwise (`message.max.bytes`); headers cost some beside their text. */
const mostBytes = 900 * 1024

/** Records in groups that fit into one request, in their order; one that does not fit goes alone. */
export function chunksOf(records: readonly OutgoingRecord[]): OutgoingRecord[][] {
  const chunks: OutgoingRecord[][] = []
  let room = 0
  for (const record of records) {
    const size = sizeOf(record)
    const last = chunks.at(-1)
    if (last === undefined || size > room) {
      chunks.push([record])
      room = mostBytes - size
    } else {
      last.push(record)
      room -= size
    }
  }
  return chunks
}

function sizeOf({ key, value, headers }: OutgoingRecord): number {
  let bytes = (key?.length ?? 0) + (value?.length ?? 0)
  for (const [name, text] of headers) bytes += name.length + Buffer.byteLength(text) + 4
  return bytes
}
