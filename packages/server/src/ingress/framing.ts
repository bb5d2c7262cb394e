import type { IncomingMessage } from 'node:http'
import { printable, problem, type Problem } from '@millrace/core'

/** What is wrong with how a request is framed, beyond what node refuses itself. */
export function framingProblem({ headers, rawHeaders }: IncomingMessage): Problem | undefined {
  const coding = headers['transfer-encoding']
  // RFC 9112, 6.1: what is coded otherwise would be stored as it is coded
  if (coding !== undefined && coding.toLowerCase() !== 'chunked')
    return problem('transfer-encoding', `transfer-encoding ${printable(coding)} is not taken, only chunked`)
  let hosts = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1
  }
  return hosts > 1 ? problem('bad-request', 'there are two Host headers (RFC 9112, 3.2)') : undefined
}
