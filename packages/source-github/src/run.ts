import {
  isSourceError,
  SourceError,
  type DeletionContext,
  type RunContext,
  type SecretKeySelector,
} from '@millrace/source-sdk'
import { GitHubApi } from './hooks/github-api.ts'
import { findHook, registerHook, removeHook } from './hooks/register.ts'
import { rememberedHook } from './hooks/registered-hook.ts'
import { SECRETS_PROVIDED, WEBHOOK_CONFIGURED, type GitHubSourceSpec } from './kind.ts'

/** A hook that somebody changed or deleted at GitHub is put right this often. */
const lookAgainMs = 6 * 3_600_000

/** Keeps the hook at GitHub, where an access token is given. Changes of the manifest and of Secrets run it again. */
export async function run(context: RunContext<GitHubSourceSpec>): Promise<void> {
  const { spec, status, checkpoint, webhookUrl, namespace, name, clock, signal } = context
  const { accessToken, ownerAndRepository, eventTypes: events, githubAPIURL: apiUrl, secure } = spec
  const [secret] = secretOf(context, spec.secretToken, 'SecretTokenNotFound')
  const token = accessToken && secretOf(context, accessToken, 'AccessTokenNotFound')[0]
  status.condition(SECRETS_PROVIDED, 'True')
  status.set({ webhookURL: webhookUrl ?? `/sources/${namespace}/${name}` })
  if (token === undefined) {
    const message = 'there is no accessToken, so the hook at GitHub is somebody else’s to register'
    status.set({ webhookIDKey: undefined })
    return status.condition(WEBHOOK_CONFIGURED, 'True', 'Unmanaged', message)
  }
  if (webhookUrl === undefined) {
    const message = 'GitHub has to be told where Millrace is reached: start the server with --public-url URL'
    return status.condition(WEBHOOK_CONFIGURED, 'False', 'NoPublicUrl', message)
  }
  const wanted = { url: webhookUrl, ownerAndRepository, apiUrl, events, secret, secure }
  while (!signal.aborted) {
    const id = await registerHook(apiOf(context, token), checkpoint, wanted)
    status.set({ webhookIDKey: String(id) })
    status.condition(WEBHOOK_CONFIGURED, 'True')
    await clock.until(clock.now() + lookAgainMs, signal)
  }
}

/** Removes the hook that was registered; one that a crash kept from being remembered is found by its URL. */
export async function onDelete(context: DeletionContext<GitHubSourceSpec>): Promise<void> {
  const { spec, checkpoint, secret, webhookUrl: url } = context
  if (spec.accessToken === undefined) return
  const { ownerAndRepository } = spec
  const hook = await rememberedHook(checkpoint)
  const [token] = secret(spec.accessToken)
  const api = apiOf(context, token, hook?.apiUrl)
  if (hook !== undefined) return removeHook(api, hook)
  const id = url === undefined ? undefined : await findHook(api, { url, ownerAndRepository })
  if (id !== undefined) await removeHook(api, { id, ownerAndRepository })
}

function apiOf(
  { http, clock, signal, spec }: DeletionContext<GitHubSourceSpec>,
  token: string,
  baseUrl = spec.githubAPIURL,
): GitHubApi {
  return new GitHubApi({ http, baseUrl, token, now: () => clock.now(), signal })
}

/** A Secret's lines; what is missing has the reason that Knative gives it. */
function secretOf(
  { secret }: RunContext<GitHubSourceSpec>,
  selector: SecretKeySelector,
  reason: string,
): readonly [string, ...string[]] {
  try {
    return secret(selector)
  } catch (error) {
    if (!isSourceError(error)) throw error
    throw SourceError.retryable(error.message, { condition: SECRETS_PROVIDED, reason, problem: 'signature' })
  }
}
