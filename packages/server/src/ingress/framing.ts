import type { IncomingMessage } from 'node:http'
import { printable, problem, type Problem } from '@millrace/core'

/** What is wrong with how a request is framed, beyond what node refuses itself. The connection ends with it. */
export function framingProblem({ headers, rawHeaders, httpVersion }: IncomingMessage): Problem | undefined {
  if (httpVersion !== '1.1' && httpVersion !== '1.0')
    return problem('bad-request', 'the request line has no version of HTTP')
  const coding = headers['transfer-encoding']
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') return codingProblem(coding)
  let hosts = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1
  }
  if (hosts === 1 || (hosts === 0 && httpVersion === '1.0')) return undefined
  return problem('bad-request', `there are ${hosts} Host headers, and there must be one (RFC 9112, 3.2)`)
}

/** RFC 9112, 6.1 and 6.3: without chunked at its end a body has none; what is coded otherwise would be stored so. */
function codingProblem(coding: string): Problem {
  if (!/(?:^|,)[ \t]*chunked[ \t]*$/i.test(coding))
    return problem('bad-request', `transfer-encoding ${printable(coding)} says not where the body ends`)
  return problem('transfer-encoding', `transfer-encoding ${printable(coding)} is not taken, only chunked`)
}
