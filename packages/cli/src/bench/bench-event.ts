/** The extension that carries when an event was sent: milliseconds of this machine's monotonic clock. */
export const sentAtHeader = 'ce-benchsentat'

const data = JSON.stringify({ order: 4711, note: 'x'.repeat(1_024 - 25) })

/** A whole request: an event of 1 KB in binary mode, of the type `dev.millrace.bench`. */
export function benchRequest(target: URL, id: string): string {
  return [
    `POST ${target.pathname} HTTP/1.1`,
    `Host: ${target.host}`,
    'Content-Type: application/json',
    'ce-specversion: 1.0',
    'ce-type: dev.millrace.bench',
    'ce-source: /millrace/bench',
    `ce-id: ${id}`,
    `${sentAtHeader}: ${performance.timeOrigin + performance.now()}`,
    `Content-Length: ${data.length}`,
    '',
    data,
  ].join('\r\n')
}
