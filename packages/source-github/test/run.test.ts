import { describe, expect, test } from 'vitest'
import { onDelete, run } from '../src/run.ts'
import { contextAtHand, selector, type ContextOptions } from './context-at-hand.ts'
import { apiAtHand, place, type ApiAtHand } from './hooks/api-at-hand.ts'

const webhookUrl = 'https://hooks.acme.example/sources/default/gh'
const secrets = { hook: ['one', 'zero'], token: ['ghp_admin'] } as const

describe('registering', () => {
  test('the first line of the Secret is registered, and the id of the hook shown', async () => {
    await using at = await apiAtHand()
    const { context, conditions, fields } = managed(at)
    await run(context)
    expect(at.fake.hooks(place)).toMatchObject([{ config: { url: webhookUrl, secret: 'one' } }])
    expect(conditions).toEqual(
      new Map([
        ['SecretsProvided', 'True'],
        ['WebhookConfigured', 'True'],
      ]),
    )
    expect(fields).toEqual({ webhookIDKey: String(at.fake.hooks(place)[0]?.id) })
  })

  test('without an access token nothing is, and somebody else does', async () => {
    await using at = await apiAtHand()
    const { context, conditions } = contextAtHand({
      secrets,
      webhookUrl,
      spec: { githubAPIURL: at.fake.url },
    })
    await run(context)
    expect(conditions.get('WebhookConfigured')).toBe('True Unmanaged')
    expect(at.fake.requests).toEqual([])
  })

  test('without a public URL there is nothing to tell GitHub', async () => {
    await using at = await apiAtHand()
    const { context, conditions } = managed(at, { webhookUrl: undefined })
    await run(context)
    expect(conditions.get('WebhookConfigured')).toBe('False NoPublicUrl')
    expect(at.fake.requests).toEqual([])
  })

  test.each([
    ['hook', 'SecretTokenNotFound'],
    ['token', 'AccessTokenNotFound'],
  ])('a Secret without %s is SecretsProvided False, as in Knative', async (key, reason) => {
    await using at = await apiAtHand()
    const { context } = managed(at, { secrets: { ...secrets, [key]: undefined } as never })
    await expect(run(context)).rejects.toMatchObject({
      condition: 'SecretsProvided',
      reason,
      message: `secrets "gh" has no key "${key}", add it`,
    })
    expect(at.fake.requests).toEqual([])
  })
})

describe('removing', () => {
  test('the hook that was registered goes', async () => {
    await using at = await apiAtHand()
    const { context } = managed(at)
    await run(context)
    await onDelete(context)
    expect(at.fake.hooks(place)).toEqual([])
  })

  test('a hook that somebody else registered stays', async () => {
    await using at = await apiAtHand()
    at.fake.addHook(place, { events: ['push'], config: { url: webhookUrl } })
    await onDelete(managed(at).context)
    expect(at.fake.hooks(place)).toHaveLength(1)
    expect(at.fake.requests).toEqual([])
  })
})

function managed({ fake }: ApiAtHand, changes: ContextOptions = {}) {
  const spec = { githubAPIURL: fake.url, accessToken: selector('token') }
  return contextAtHand({ spec, secrets, webhookUrl, ...changes })
}
