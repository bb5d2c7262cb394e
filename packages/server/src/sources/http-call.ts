import { SourceError, type HttpCall } from '@millrace/source-sdk'
import { Agent, request } from 'undici'
import type { EgressRules } from '../egress/egress-rules.ts'
import { guardedConnector } from '../egress/guarded-connector.ts'

const connectTimeoutMs = 10_000
const defaultTimeoutMs = 30_000
const defaultLimitBytes = 10 * 1024 * 1024

/** HTTP to upstream, for all sources: by the same rules as deliveries, connections kept for a while. */
export class Upstream {
  readonly #agent: Agent

  constructor(rules: EgressRules) {
    this.#agent = new Agent({ connect: guardedConnector({ rules, timeoutMs: connectTimeoutMs }) })
  }

  readonly call: HttpCall = async (wanted) => {
    const { method = 'GET', headers = {}, body, timeoutMs = defaultTimeoutMs } = wanted
    const { bodyLimitBytes = defaultLimitBytes } = wanted
    const { url, authorization } = withoutUser(wanted.url)
    const timeout = AbortSignal.timeout(timeoutMs)
    const signal = wanted.signal === undefined ? timeout : AbortSignal.any([timeout, wanted.signal])
    try {
      const answer = await request(url, {
        method,
        headers: { ...(authorization !== undefined && { authorization }), ...headers },
        signal,
        dispatcher: this.#agent,
        ...(body !== undefined && { body }),
      })
      const chunks: Buffer[] = []
      let length = 0
      for await (const chunk of answer.body as AsyncIterable<Buffer>) {
        length += chunk.length
        if (length > bodyLimitBytes) throw new Error(`the answer is larger than ${bodyLimitBytes} bytes`)
        chunks.push(chunk)
      }
      return { status: answer.statusCode, headers: joined(answer.headers), body: Buffer.concat(chunks) }
    } catch (cause) {
      if (wanted.signal?.aborted === true) throw cause
      const why = timeout.aborted ? `no answer within ${timeoutMs} ms` : (cause as Error).message
      throw SourceError.retryable(`${method} ${url.origin}: ${why}`, { cause, reason: 'UpstreamUnreachable' })
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }
}

function withoutUser(text: string): { url: URL; authorization: string | undefined } {
  const url = new URL(text)
  const { username, password } = url
  if (username === '' && password === '') return { url, authorization: undefined }
  url.username = ''
  url.password = ''
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { url, authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

function joined(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name.toLowerCase(),
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ])
  return Object.fromEntries(entries) as Record<string, string>
}
