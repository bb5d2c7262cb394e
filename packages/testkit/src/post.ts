import { Agent, request } from 'undici'
import { binaryMessage, type TestEvent } from './test-event.ts'

export interface PostOptions {
  /** Beside, or instead of, those of the event. */
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly signal?: AbortSignal
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

const agent = new Agent({ connections: 64, pipelining: 1 })

/** POSTs an event in binary mode; what it leaves out (id, source, type) is filled in. */
export function post(url: string, event: TestEvent = {}, options: PostOptions = {}): Promise<Answer> {
  const { headers, body } = binaryMessage(event)
  return exchange('POST', url, { ...options, headers: { ...headers, ...options.headers }, body })
}

/** Any HTTP exchange, its body read to the end. */
export async function exchange(
  method: string,
  url: string,
  options: PostOptions & { readonly body?: string | Uint8Array | undefined } = {},
): Promise<Answer> {
  const answer = await request(url, {
    dispatcher: agent,
    method,
    headers: options.headers ?? {},
    body: options.body ?? null,
    signal: options.signal ?? null,
  })
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() }
}
