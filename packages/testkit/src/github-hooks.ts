/** A hook as the API knows it, its secret included (answers never show it). */
export interface GitHubHook {
  readonly id: number
  readonly active: boolean
  readonly events: readonly string[]
  readonly config: GitHubHookConfig
}

export interface GitHubHookConfig {
  readonly url: string
  readonly content_type: 'json' | 'form'
  readonly insecure_ssl: '0' | '1'
  readonly secret?: string
}

/** What a request for a hook came to: the hook, or the errors of a 422. */
export type HookResult =
  | { readonly kind: 'hook'; readonly hook: GitHubHook }
  | { readonly kind: 'invalid'; readonly errors: readonly object[] }

/** GitHub's own limit. */
const mostOfOneEvent = 20

/** The hooks of one repository or organization, with the rules of GitHub's API. */
export class GitHubHooks {
  readonly #hooks = new Map<number, GitHubHook>()
  readonly #owner: 'repository' | 'organization'
  readonly #events: ReadonlySet<string>

  constructor(owner: 'repository' | 'organization', events: ReadonlySet<string>) {
    this.#owner = owner
    this.#events = events
  }

  get all(): readonly GitHubHook[] {
    return [...this.#hooks.values()]
  }

  find(id: number): GitHubHook | undefined {
    return this.#hooks.get(id)
  }

  create(id: number, body: Readonly<Record<string, unknown>>): HookResult {
    const { name = 'web' } = body
    if (name !== 'web') return invalid({ field: 'name', code: 'invalid', message: 'name must be "web"' })
    const hook = { id, active: body['active'] !== false, ...partsOf(body, ['push']) }
    return this.#keep(hook)
  }

  /** `config` is replaced as a whole: one without a secret takes the secret away. */
  update(id: number, body: Readonly<Record<string, unknown>>): HookResult {
    const before = this.#hooks.get(id)
    if (before === undefined) throw new Error(`there is no hook ${id}`)
    const active = typeof body['active'] === 'boolean' ? body['active'] : before.active
    const { events, config } = partsOf(body, before.events)
    return this.#keep({ id, active, events, config: body['config'] === undefined ? before.config : config })
  }

  delete(id: number): boolean {
    return this.#hooks.delete(id)
  }

  #keep(hook: GitHubHook): HookResult {
    const problem = this.#problem(hook)
    if (problem !== undefined) return invalid({ code: 'custom', message: problem })
    this.#hooks.set(hook.id, hook)
    return { kind: 'hook', hook }
  }

  #problem({ id, events, config }: GitHubHook): string | undefined {
    if (!URL.canParse(config.url)) return 'url is missing a scheme'
    const unknown = events.find((event) => event !== '*' && !this.#events.has(event))
    if (unknown !== undefined) return `The ${JSON.stringify(unknown)} event is not an event of hooks`
    const others = this.all.filter((other) => other.id !== id)
    const same = others.filter(({ config: { url } }) => url === config.url)
    if (same.some((other) => other.events.some((event) => events.includes(event))))
      return `Hook already exists on this ${this.#owner}`
    const full = events.find(
      (event) => others.filter((other) => other.events.includes(event)).length >= mostOfOneEvent,
    )
    return full && `The ${JSON.stringify(full)} event cannot have more than ${mostOfOneEvent} hooks`
  }
}

/** As the API shows a hook. */
export function shownHook({ id, active, events, config }: GitHubHook, url: string): object {
  const { secret, ...rest } = config
  return {
    type: 'Repository',
    id,
    name: 'web',
    active,
    events,
    config: { ...rest, ...(secret !== undefined && { secret: '********' }) },
    created_at: '2026-11-22T17:00:00Z',
    updated_at: '2026-11-22T17:00:00Z',
    url: `${url}/${id}`,
    ping_url: `${url}/${id}/pings`,
    deliveries_url: `${url}/${id}/deliveries`,
    last_response: { code: null, status: 'unused', message: null },
  }
}

function partsOf(
  body: Readonly<Record<string, unknown>>,
  otherwise: readonly string[],
): Pick<GitHubHook, 'events' | 'config'> {
  const config = (body['config'] ?? {}) as Readonly<Record<string, unknown>>
  return {
    events: (body['events'] as readonly string[] | undefined) ?? otherwise,
    config: {
      url: typeof config['url'] === 'string' ? config['url'] : '',
      content_type: config['content_type'] === 'json' ? 'json' : 'form',
      insecure_ssl: config['insecure_ssl'] === '1' || config['insecure_ssl'] === 1 ? '1' : '0',
      ...(typeof config['secret'] === 'string' && { secret: config['secret'] }),
    },
  }
}

function invalid(error: object): HookResult {
  return { kind: 'invalid', errors: [{ resource: 'Hook', ...error }] }
}
