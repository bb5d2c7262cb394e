import { isSourceError, SourceError, type HttpCall, type HttpCallAnswer } from '@millrace/source-sdk'
import { WEBHOOK_CONFIGURED } from '../kind.ts'
import { refusal } from './refusal.ts'

/** An answer with a status that its caller knows what to do with. */
export interface ApiAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Parsed; undefined where the body is empty or no JSON. */
  readonly value: unknown
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below the base URL, such as `/repos/acme/web/hooks`; or a whole URL of the same origin. */
  readonly path: string
  readonly body?: object
  /** What the caller takes beside a 2xx. */
  readonly expected?: readonly number[]
}

export interface GitHubApiOptions {
  readonly http: HttpCall
  /** Without a slash at its end. */
  readonly baseUrl: string
  readonly token: string
  readonly now: () => number
  readonly signal: AbortSignal
}

/** Renamed repositories and organizations answer with a redirection. */
const longestRedirection = 3

/** GitHub's REST API, as far as hooks need it: its version, its errors, its limits. */
export class GitHubApi {
  readonly #options: GitHubApiOptions

  constructor(options: GitHubApiOptions) {
    this.#options = options
  }

  /** @throws {SourceError} for every answer that is neither 2xx nor expected; it says when to come back */
  async request(request: ApiRequest): Promise<ApiAnswer> {
    const { method, path, body, expected = [] } = request
    const { baseUrl, now } = this.#options
    let url = path.startsWith('/') ? baseUrl + path : path
    for (let redirections = 0; ; redirections++) {
      const answer = await this.#send(method, url, body)
      const { status, headers } = answer
      const value = jsonOf(answer.body)
      if ((status >= 200 && status < 300) || expected.includes(status)) return { status, headers, value }
      const next = status >= 300 && status < 400 ? this.#onSameOrigin(headers['location'], url) : undefined
      if (next === undefined || redirections === longestRedirection)
        throw refusal({ method, url, status, headers, value, nowMs: now() })
      url = next
    }
  }

  /** All items of a list, page by page (RFC 8288, `Link: <…>; rel="next"`). */
  async list(path: string): Promise<unknown[]> {
    const items: unknown[] = []
    let next: string | undefined = `${path}?per_page=100`
    while (next !== undefined) {
      const { headers, value } = await this.request({ method: 'GET', path: next })
      if (!Array.isArray(value)) throw noList(next)
      items.push(...(value as unknown[]))
      next = this.#onSameOrigin(nextPage(headers['link']), this.#options.baseUrl)
    }
    return items
  }

  async #send(method: string, url: string, body: object | undefined): Promise<HttpCallAnswer> {
    const { http, token, signal } = this.#options
    const headers = {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
      'user-agent': 'millrace',
      'x-github-api-version': '2022-11-28',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    }
    try {
      return await http({
        method,
        url,
        signal,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
    } catch (error) {
      if (!isSourceError(error)) throw error
      const { message, reason, cause } = error
      throw SourceError.retryable(message, { condition: WEBHOOK_CONFIGURED, reason, cause })
    }
  }

  /** The token goes to the API that the manifest names and nowhere else. */
  #onSameOrigin(location: string | undefined, base: string): string | undefined {
    if (location === undefined || !URL.canParse(location, base)) return undefined
    const url = new URL(location, base)
    return url.origin === new URL(this.#options.baseUrl).origin ? url.href : undefined
  }
}

function nextPage(link: string | undefined): string | undefined {
  return /<([^>]*)>\s*;[^,<]*\brel="?next"?/.exec(link ?? '')?.[1]
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body))
  } catch {
    return undefined
  }
}

function noList(path: string): SourceError {
  return SourceError.retryable(`GitHub answered ${path} with something that is no list of hooks`, {
    condition: WEBHOOK_CONFIGURED,
    reason: 'UnexpectedAnswer',
  })
}
