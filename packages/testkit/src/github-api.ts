import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { GitHubHooks, shownHook, type GitHubHook, type HookResult } from './github-hooks.ts'

export interface GitHubApiOptions {
  /** `OWNER/REPOSITORY`, or an organization alone. */
  readonly places: readonly string[]
  /** What each token may: manage hooks, or be told that it may not. */
  readonly tokens: Readonly<Record<string, 'admin' | 'read'>>
  /** The events that a hook may have. */
  readonly events: readonly string[]
}

/** An answer that is given instead of the right one, once. */
export interface GitHubFault {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

export interface GitHubRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Readonly<Record<string, unknown>>
}

const documentation = { documentation_url: 'https://docs.github.com/rest' }

/**
 * The part of GitHub's REST API that manages hooks, with its answers: unknown tokens, missing permissions, what
 * does not validate, pages, renamed repositories, and limits, which a test sets as faults.
 */
export class GitHubApi implements AsyncDisposable {
  readonly requests: GitHubRequest[] = []
  readonly #server: Server
  readonly #options: GitHubApiOptions
  readonly #places = new Map<string, GitHubHooks>()
  readonly #renamed = new Map<string, string>()
  readonly #faults: GitHubFault[] = []
  #lastId = 109_948_900
  #remaining = 5000

  constructor(server: Server, options: GitHubApiOptions) {
    this.#server = server
    this.#options = options
    const events = new Set(options.events)
    for (const place of options.places) {
      const kind = place.includes('/') ? 'repository' : 'organization'
      this.#places.set(pathOf(place), new GitHubHooks(kind, events))
    }
    server.on('request', (request, response) => void this.#serve(request, response))
  }

  /** Without a slash at its end. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** The hooks of a repository or an organization. */
  hooks(place: string): readonly GitHubHook[] {
    return this.#shelf(place).all
  }

  /** As somebody does by hand. */
  addHook(place: string, body: Readonly<Record<string, unknown>>): GitHubHook {
    const result = this.#shelf(place).create(++this.#lastId, body)
    if (result.kind === 'invalid') throw new Error(JSON.stringify(result.errors))
    return result.hook
  }

  /** As somebody does by hand. */
  removeHook(place: string, id: number): void {
    this.#shelf(place).delete(id)
  }

  /** Requests for the old name are redirected to the new one. */
  rename(from: string, to: string): void {
    this.#places.set(pathOf(to), this.#shelf(from))
    this.#places.delete(pathOf(from))
    this.#renamed.set(pathOf(from), pathOf(to))
  }

  /** The next requests are answered with these, one each. */
  fail(...faults: readonly GitHubFault[]): void {
    this.#faults.push(...faults)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url)
    const body = parsed(await text(request))
    const { method = 'GET', headers } = request
    this.requests.push({ method, path: url.pathname, headers, body })
    this.#remaining -= 1
    const {
      status,
      headers: more = {},
      body: value,
    } = this.#faults.shift() ?? this.#answer(method, url, headers, body)
    response.writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'x-github-media-type': 'github.v3; format=json',
      'x-ratelimit-limit': '5000',
      'x-ratelimit-remaining': String(this.#remaining),
      'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 3600),
      ...more,
    })
    response.end(value === undefined ? '' : JSON.stringify(value))
  }

  #answer(
    method: string,
    url: URL,
    headers: IncomingMessage['headers'],
    body: Readonly<Record<string, unknown>>,
  ): GitHubFault {
    if (headers['user-agent'] === undefined)
      return message(
        403,
        'Request forbidden by administrative rules. Please make sure your request has a User-Agent header',
      )
    const [, place = '', id] = /^(.*\/hooks)(?:\/(\d+))?$/.exec(url.pathname) ?? []
    const renamed = this.#renamed.get(place)
    if (renamed !== undefined) {
      const location = `${this.url}${renamed}${id === undefined ? '' : `/${id}`}${url.search}`
      return { ...message(method === 'GET' ? 301 : 307, 'Moved Permanently'), headers: { location } }
    }
    const permission =
      this.#options.tokens[/^(?:Bearer|token) (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? '']
    if (permission === undefined) return message(401, 'Bad credentials')
    const shelf = this.#places.get(place)
    if (shelf === undefined) return message(404, 'Not Found')
    if (permission === 'read') return message(403, 'Resource not accessible by personal access token')
    return id === undefined
      ? this.#onAll(method, url, shelf, body)
      : this.#onOne(method, url, shelf, Number(id), body)
  }

  #onAll(method: string, url: URL, shelf: GitHubHooks, body: GitHubRequest['body']): GitHubFault {
    const own = this.url + url.pathname
    if (method === 'POST') {
      const result = shelf.create(++this.#lastId, body)
      if (result.kind === 'invalid') return unprocessable(result)
      const location = `${own}/${result.hook.id}`
      return { status: 201, headers: { location }, body: shownHook(result.hook, own) }
    }
    if (method !== 'GET') return message(404, 'Not Found')
    const perPage = Math.min(100, Number(url.searchParams.get('per_page') ?? 30))
    const page = Number(url.searchParams.get('page') ?? 1)
    const end = page * perPage
    const next = `<${own}?per_page=${perPage}&page=${page + 1}>; rel="next"`
    return {
      status: 200,
      headers: shelf.all.length > end ? { link: next } : {},
      body: shelf.all.slice(end - perPage, end).map((hook) => shownHook(hook, own)),
    }
  }

  #onOne(method: string, url: URL, shelf: GitHubHooks, id: number, body: GitHubRequest['body']): GitHubFault {
    const hook = shelf.find(id)
    if (hook === undefined) return message(404, 'Not Found')
    const own = this.url + url.pathname.replace(/\/\d+$/, '')
    switch (method) {
      case 'GET':
        return { status: 200, body: shownHook(hook, own) }
      case 'PATCH': {
        const result = shelf.update(id, body)
        return result.kind === 'invalid'
          ? unprocessable(result)
          : { status: 200, body: shownHook(result.hook, own) }
      }
      case 'DELETE':
        shelf.delete(id)
        return { status: 204 }
      default:
        return message(404, 'Not Found')
    }
  }

  #shelf(place: string): GitHubHooks {
    const shelf = this.#places.get(pathOf(place))
    if (shelf === undefined) throw new Error(`there is no ${place}`)
    return shelf
  }
}

/** Starts the API on a free port of 127.0.0.1. */
export async function githubApi(options: GitHubApiOptions): Promise<GitHubApi> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return new GitHubApi(server, options)
}

function pathOf(place: string): string {
  return place.includes('/') ? `/repos/${place}/hooks` : `/orgs/${place}/hooks`
}

function message(status: number, words: string): GitHubFault {
  return { status, body: { message: words, ...documentation, status: String(status) } }
}

function unprocessable({ errors }: Extract<HookResult, { kind: 'invalid' }>): GitHubFault {
  return { status: 422, body: { message: 'Validation Failed', errors, ...documentation, status: '422' } }
}

function parsed(json: string): Readonly<Record<string, unknown>> {
  return json === '' ? {} : (JSON.parse(json) as Readonly<Record<string, unknown>>)
}
