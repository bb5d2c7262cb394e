import type { IncomingMessage, ServerResponse } from 'node:http'
import { isLastAnswer } from './connection.ts'
import { problemJson, problemMediaType, type ProblemFields } from '../problem-json.ts'

/** A whole answer: flat headers (without the length of the body), and the body. */
export interface Answer {
  readonly status: number
  readonly headers: readonly string[]
  readonly body: string
}

export function problemAnswer(problem: ProblemFields, headers: readonly string[] = []): Answer {
  return {
    status: problem.status,
    headers: ['content-type', problemMediaType, ...headers],
    body: problemJson(problem),
  }
}

/** Sends it; `close` ends the connection afterwards. */
export function send(response: ServerResponse, answer: Answer, close: boolean): void {
  const body = Buffer.from(answer.body)
  if (close) isLastAnswer(response)
  response.writeHead(answer.status, flat(answer, body.length, close))
  response.end(body)
}

/** How long, and for how many bytes, the rest of a refused body is still read. */
const linger = { ms: 2_000, bytes: 16 * 1024 * 1024 }

/**
 * Answers before the body has been read. The rest is read and thrown away for a while: many clients
 * send all before they read, and a connection that is closed under unread bytes is reset, which can
 * take the answer with it.
 */
export function sendEarly(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const body = Buffer.from(answer.body)
  isLastAnswer(response)
  response.writeHead(answer.status, flat(answer, body.length, true))
  if (request.method !== 'HEAD') response.write(body)
  let left = linger.bytes
  const timer = setTimeout(end, linger.ms)
  function end(): void {
    clearTimeout(timer)
    request.off('data', onData)
    response.end()
  }
  function onData(chunk: Uint8Array): void {
    left -= chunk.length
    if (left < 0) end()
  }
  request.on('data', onData).once('end', end).once('close', end)
}

function flat(answer: Answer, length: number, close: boolean): string[] {
  const headers = [...answer.headers, 'content-length', String(length)]
  if (close) headers.push('connection', 'close')
  return headers
}
