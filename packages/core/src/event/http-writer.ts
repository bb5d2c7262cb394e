import { toBinary } from './binary-writer.ts'
import type { CloudEvent } from './cloud-event.ts'
import type { HttpMessage, WriteOptions } from './http-message.ts'
import { toStructured } from './structured-writer.ts'

/** Many servers refuse more than 8 KiB of headers. */
const largestHeaders = 8_192
/** Colon, space, carriage return and line feed. */
const around = 4

/** The event as a route's `format` wants it; unset: binary, structured where the headers would exceed 8 KiB. */
export function toHttp(
  event: CloudEvent,
  format: 'json' | 'binary' | undefined,
  options: WriteOptions = {},
): HttpMessage {
  if (format === 'json') return toStructured(event, options)
  const message = toBinary(event, options)
  return format === undefined && headerBytes(message) > largestHeaders
    ? toStructured(event, options)
    : message
}

function headerBytes({ headers }: HttpMessage): number {
  let bytes = (headers.length / 2) * around
  for (const text of headers) bytes += text.length
  return bytes
}
