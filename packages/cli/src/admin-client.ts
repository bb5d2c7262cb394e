import { text } from 'node:stream/consumers'
import type { Options } from './command-spec.ts'
import { CommandError, usageError } from './exit-code.ts'
import { exchange, openStream, whyFailed, type HttpAnswer } from './http-exchange.ts'
import { parseLossless } from './lossless-json.ts'
import { problemText } from './problem-text.ts'

/** The flags of every command that asks a running server. */
export const serverOptions = {
  server: {
    type: 'string',
    value: 'URL',
    default: 'http://127.0.0.1:8081',
    help: "the server's admin port",
  },
  'admin-token': { type: 'string', value: 'TOKEN', help: 'what the server was given as its token' },
} as const satisfies Options

type Query = Readonly<Record<string, string | undefined>>

/** Asks a server's admin port. Its refusals become sentences (exit 1). */
export class AdminClient {
  readonly #base: URL
  readonly #headers: Readonly<Record<string, string>>

  constructor(flags: { readonly server: string; readonly 'admin-token': string | undefined }) {
    this.#base = baseUrl(flags.server)
    const token = flags['admin-token']
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  }

  /** Where the admin port is, without a slash at the end. */
  get origin(): string {
    return this.#base.origin
  }

  async get<T>(path: string, query: Query = {}): Promise<T> {
    return (await this.#ask('GET', this.#url(path, query))) as T
  }

  /** A GET whose answer is read as it comes. It ends with the signal. */
  async stream(path: string, query: Query, signal: AbortSignal): Promise<AsyncIterable<string>> {
    const url = this.#url(path, query)
    const answer = await openStream(url, this.#headers, signal).catch((cause: unknown) => {
      throw this.#unreachable(cause)
    })
    if (answer.statusCode !== 200)
      throw new CommandError(problemText(answer.statusCode ?? 0, await text(answer)))
    return answer.setEncoding('utf8') as AsyncIterable<string>
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    const url = new URL(path, this.#base)
    return (await this.#ask('POST', url, JSON.stringify(body))) as T
  }

  async #exchange(method: string, url: URL, body?: string): Promise<HttpAnswer> {
    const headers =
      body === undefined ? this.#headers : { ...this.#headers, 'content-type': 'application/json' }
    try {
      return await exchange(url, { method, headers, ...(body === undefined ? {} : { body }) })
    } catch (cause) {
      throw this.#unreachable(cause)
    }
  }

  #unreachable(cause: unknown): CommandError {
    return new CommandError(
      `no Millrace server at ${this.origin} (${whyFailed(cause)}); ` +
        'start one with millrace serve, or name its admin port with --server URL',
      undefined,
      { cause },
    )
  }

  #url(path: string, query: Query): URL {
    const url = new URL(path, this.#base)
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, value)
    return url
  }

  async #ask(method: string, url: URL, body?: string): Promise<unknown> {
    const answer = await this.#exchange(method, url, body)
    if (answer.status >= 400) throw new CommandError(problemText(answer.status, answer.body))
    try {
      return parseLossless(answer.body)
    } catch (cause) {
      const what = `${url.href} answered with ${answer.status} and no JSON`
      throw new CommandError(`${what}: --server is not the admin port of a Millrace server`, undefined, {
        cause,
      })
    }
  }
}

function baseUrl(given: string): URL {
  const url = URL.parse(/^[a-z]+:\/\//i.test(given) ? given : `http://${given}`)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw usageError(
      `--server is "${given}"; it is the URL of a server's admin port, such as http://127.0.0.1:8081`,
    )
  }
  return url
}
