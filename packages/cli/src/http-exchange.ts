import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { text } from 'node:stream/consumers'

export interface HttpRequest {
  readonly method: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly timeoutMs?: number
}

export interface HttpAnswer {
  readonly status: number
  readonly body: string
}

/** One request over a connection of its own, its answer read to the end. */
export async function exchange(
  url: URL,
  { method, headers = {}, body = '', timeoutMs = 60_000 }: HttpRequest,
): Promise<HttpAnswer> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  const length = body === '' && method === 'GET' ? {} : { 'content-length': Buffer.byteLength(body) }
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>()
  const signal = AbortSignal.timeout(timeoutMs)
  const outgoing = request(
    url,
    { method, headers: { ...headers, ...length }, signal, agent: false },
    (answer) => {
      text(answer).then((read) => resolve({ status: answer.statusCode ?? 0, body: read }), reject)
    },
  )
  outgoing.on('error', reject)
  outgoing.end(body)
  return promise
}

/** How long a stream may be silent before the system asks whether its other end is still there. */
const keepAliveMs = 10_000

/** A GET whose answer is read as it comes, however long that takes. */
export async function openStream(
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const outgoing = request(url, { headers: { ...headers }, signal, agent: false }, resolve)
  outgoing.on('error', reject)
  outgoing.on('socket', (socket) => socket.setKeepAlive(true, keepAliveMs))
  outgoing.end()
  return promise
}

/** Why an exchange failed, in words: an `AggregateError` (several addresses) has no message of its own. */
export function whyFailed(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException
  return message || code || 'it failed'
}
