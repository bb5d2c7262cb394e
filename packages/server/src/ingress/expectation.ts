import type { IncomingMessage } from 'node:http'

/** The producer sends its body when it is told to go on; to HTTP/1.0 nothing is said in between (RFC 9110, 10.1.1). */
export function waitsForContinue({ headers, httpVersion }: IncomingMessage): boolean {
  return headers.expect?.toLowerCase() === '100-continue' && httpVersion !== '1.0'
}
