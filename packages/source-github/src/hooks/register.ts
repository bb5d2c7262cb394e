import type { Checkpoint } from '@millrace/source-sdk'
import { memberAt, textAt } from '../payload.ts'
import type { GitHubApi } from './github-api.ts'
import { hooksPath } from './hook-place.ts'
import { rememberedHook, rememberHook, type RegisteredHook } from './registered-hook.ts'

/** The hook that the manifest asks for. */
export interface WantedHook {
  /** Where GitHub sends to. */
  readonly url: string
  readonly ownerAndRepository: string
  readonly apiUrl: string
  readonly events: readonly string[]
  readonly secret: string
  /** Whether GitHub looks at our certificate. */
  readonly secure: boolean
}

/**
 * Makes GitHub have exactly this hook, and resolves with its id: the one that is remembered is updated, else one
 * with our URL is taken over, else one is created. What GitHub has cannot be compared (it does not show secrets),
 * so an update is always sent. One of a repository that the manifest no longer names is removed.
 */
export async function registerHook(
  api: GitHubApi,
  checkpoint: Checkpoint,
  wanted: WantedHook,
): Promise<number> {
  const { apiUrl, ownerAndRepository } = wanted
  const before = await rememberedHook(checkpoint)
  if (before !== undefined && isThere(before, wanted)) {
    if (await update(api, before.id, wanted)) return before.id
  } else if (before !== undefined && before.apiUrl === apiUrl) {
    await removeHook(api, before)
  }
  const id = (await takeOver(api, wanted)) ?? (await create(api, wanted))
  await rememberHook(checkpoint, { id, apiUrl, ownerAndRepository })
  return id
}

/** Removes a hook; one that is gone already is as good. */
export async function removeHook(
  api: GitHubApi,
  { id, ownerAndRepository }: Pick<RegisteredHook, 'id' | 'ownerAndRepository'>,
): Promise<void> {
  const path = `${hooksPath(ownerAndRepository)}/${id}`
  await api.request({ method: 'DELETE', path, expected: [404] })
}

function isThere(hook: RegisteredHook, { apiUrl, ownerAndRepository }: WantedHook): boolean {
  return hook.apiUrl === apiUrl && hook.ownerAndRepository === ownerAndRepository
}

/** False where there is no such hook any more. */
async function update(api: GitHubApi, id: number, wanted: WantedHook): Promise<boolean> {
  const { config, events } = bodyOf(wanted)
  const { status } = await api.request({
    method: 'PATCH',
    path: `${hooksPath(wanted.ownerAndRepository)}/${id}`,
    body: { active: true, events, config },
    expected: [404],
  })
  return status !== 404
}

/** The id of a hook that has our URL, made into ours; none where there is none. */
async function takeOver(api: GitHubApi, wanted: WantedHook): Promise<number | undefined> {
  const id = await findHook(api, wanted)
  return id !== undefined && (await update(api, id, wanted)) ? id : undefined
}

/** The id of the hook of a URL. */
export async function findHook(
  api: GitHubApi,
  { url, ownerAndRepository }: Pick<WantedHook, 'url' | 'ownerAndRepository'>,
): Promise<number | undefined> {
  const hooks = await api.list(hooksPath(ownerAndRepository))
  const id = memberAt(
    hooks.find((hook) => textAt(hook, 'config', 'url') === url),
    'id',
  )
  return typeof id === 'number' ? id : undefined
}

async function create(api: GitHubApi, wanted: WantedHook): Promise<number> {
  const { value } = await api.request({
    method: 'POST',
    path: hooksPath(wanted.ownerAndRepository),
    body: bodyOf(wanted),
  })
  const id = memberAt(value, 'id')
  if (typeof id !== 'number') throw new TypeError('GitHub created a hook and did not say its id')
  return id
}

/** As GitHub documents a hook ("Create a repository webhook"). */
function bodyOf({ url, secret, events, secure }: WantedHook) {
  return {
    name: 'web',
    active: true,
    events,
    config: { url, content_type: 'json', secret, insecure_ssl: secure ? '0' : '1' },
  }
}
