import type { WebhookRequest } from '@millrace/source-sdk'
import {
  Caller,
  sourceConformance,
  TestHost,
  TestStore,
  type TestManifest,
} from '@millrace/source-sdk/conformance'
import { githubSignatures } from '@millrace/testkit'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { source } from '../src/index.ts'
import { apiAtHand, http, place, type ApiAtHand } from './hooks/api-at-hand.ts'

const webhookUrl = 'https://hooks.acme.example/sources/default/gh'
const secrets = { hook: 'of-the-hook\nof-the-hook-before', token: 'ghp_admin' }

sourceConformance('GitHubSource', {
  source,
  async open() {
    const at = await apiAtHand()
    const github = new Caller(push)
    return {
      manifest: manifestOf(at),
      http,
      happen: (count, host) => github.happen(count, host),
      again: (host) => github.again(host),
      async [Symbol.asyncDispose]() {
        github[Symbol.dispose]()
        await at[Symbol.asyncDispose]()
      },
    }
  },
  badCredentials: (manifest) => ({
    ...manifest,
    secrets: { gh: { hook: 'of-another-hook', token: 'ghp_of-nobody' } },
  }),
  without: { 'resumes after upstream was away': 'GitHub calls, and sends again what was not acknowledged' },
})

describe('registering', () => {
  test('the first line of the Secret is registered, and the id of the hook shown', async () => {
    const { fake, host } = await started()
    await vi.waitFor(() => expect(host.conditions.get('WebhookConfigured')?.status).toBe('True'))
    expect(host.conditions.get('SecretsProvided')?.status).toBe('True')
    expect(fake.hooks(place)).toMatchObject([{ config: { url: webhookUrl, secret: 'of-the-hook' } }])
    expect(host.fields).toEqual({
      webhookURL: webhookUrl,
      webhookIDKey: String(fake.hooks(place)[0]?.id),
    })
  })

  test('what GitHub refuses is tried again, and succeeds when it is mended', async () => {
    const { fake, host } = await started((at) => {
      at.fake.fail({ status: 403, headers: { 'retry-after': '60' } })
      return manifestOf(at)
    })
    await vi.waitFor(() => expect(host.conditions.get('WebhookConfigured')?.reason).toBe('RateLimited'))
    host.nudge()
    await vi.waitFor(() => expect(host.conditions.get('WebhookConfigured')?.status).toBe('True'))
    expect(fake.hooks(place)).toHaveLength(1)
  })

  test('a hook that somebody deleted at GitHub is made again within six hours', async () => {
    const { fake, host } = await started()
    await vi.waitFor(() => expect(host.clock.next).toBeLessThan(Infinity))
    fake.removeHook(place, Number(host.fields['webhookIDKey']))
    host.clock.jump(host.clock.now() + 6 * 3_600_000)
    await vi.waitFor(() => expect(fake.hooks(place)).toMatchObject([{ config: { url: webhookUrl } }]))
  })

  test('GitHub out of reach is a condition of the hook, not of the Secret', async () => {
    const { host } = await started((at) => {
      const manifest = manifestOf(at)
      return { ...manifest, spec: { ...manifest.spec, githubAPIURL: 'http://unreachable.invalid' } }
    })
    await vi.waitFor(() =>
      expect(host.conditions.get('WebhookConfigured')).toMatchObject({
        status: 'False',
        reason: 'UpstreamUnreachable',
      }),
    )
    expect(host.conditions.get('SecretsProvided')?.status).toBe('True')
  })

  test('without an access token nothing is, and somebody else does', async () => {
    const { fake, host } = await started((at) => {
      const manifest = manifestOf(at)
      return { ...manifest, spec: { ...manifest.spec, accessToken: undefined } }
    })
    await vi.waitFor(() =>
      expect(host.conditions.get('WebhookConfigured')).toMatchObject({ status: 'True', reason: 'Unmanaged' }),
    )
    expect(fake.requests).toEqual([])
  })

  test('without a public URL there is nothing to tell GitHub, and the condition says so', async () => {
    const { fake, host } = await started((at) => {
      const { webhookUrl: _, ...manifest } = manifestOf(at)
      return manifest
    })
    await vi.waitFor(() =>
      expect(host.conditions.get('WebhookConfigured')).toEqual({
        status: 'False',
        reason: 'NoPublicUrl',
        message: 'GitHub has to be told where Millrace is reached: start the server with --public-url URL',
      }),
    )
    expect(fake.requests).toEqual([])
  })

  test.each([
    ['hook', 'SecretTokenNotFound'],
    ['token', 'AccessTokenNotFound'],
  ])(
    'a Secret without %s is SecretsProvided False, with the reason that Knative gives',
    async (key, reason) => {
      const { fake, host } = await started((at) => ({
        ...manifestOf(at),
        secrets: { gh: { ...secrets, [key]: '' } },
      }))
      await vi.waitFor(() =>
        expect(host.conditions.get('SecretsProvided')).toMatchObject({ status: 'False', reason }),
      )
      expect(fake.requests).toEqual([])
    },
  )
})

describe('removing', () => {
  test('the hook that was registered goes', async () => {
    const { fake, host } = await started()
    await vi.waitFor(() => expect(host.conditions.get('WebhookConfigured')?.status).toBe('True'))
    await host.remove()
    expect(fake.hooks(place)).toEqual([])
  })

  test('one that a crash kept from being remembered goes too, and no other', async () => {
    await using at = await apiAtHand()
    at.fake.addHook(place, { events: ['push'], config: { url: 'https://other.example/' } })
    at.fake.addHook(place, { events: ['push'], config: { url: webhookUrl } })
    await hostOf(manifestOf(at)).remove()
    expect(at.fake.hooks(place)).toMatchObject([{ config: { url: 'https://other.example/' } }])
  })

  test('without an access token nothing is asked of GitHub', async () => {
    await using at = await apiAtHand()
    const manifest = manifestOf(at)
    await hostOf({ ...manifest, spec: { ...manifest.spec, accessToken: undefined } }).remove()
    expect(at.fake.requests).toEqual([])
  })
})

function manifestOf({ fake }: ApiAtHand): TestManifest {
  const key = (name: string): object => ({ secretKeyRef: { name: 'gh', key: name } })
  return {
    spec: {
      ownerAndRepository: place,
      eventTypes: ['push'],
      githubAPIURL: fake.url,
      secretToken: key('hook'),
      accessToken: key('token'),
    },
    secrets: { gh: secrets },
    webhookUrl,
  }
}

function push(id: string): WebhookRequest {
  const text = '{"ref":"refs/heads/main"}'
  const headers = {
    'content-type': 'application/json',
    'x-github-event': 'push',
    'x-github-delivery': id,
    ...githubSignatures('of-the-hook', text),
  }
  return { method: 'POST', query: '', headers, body: new TextEncoder().encode(text) }
}

function hostOf(manifest: TestManifest): TestHost {
  return new TestHost({ source, manifest, store: new TestStore(), http })
}

/** A host that runs a manifest against a fake of GitHub, for as long as the test. */
async function started(manifest: (at: ApiAtHand) => TestManifest = manifestOf) {
  const at = await apiAtHand()
  const host = hostOf(manifest(at))
  host.start()
  onTestFinished(async () => {
    await host.stop()
    await at[Symbol.asyncDispose]()
  })
  return { fake: at.fake, host }
}
