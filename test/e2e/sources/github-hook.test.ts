import { deliver, eventually, githubApi, receiver, runCli, startMillrace } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { condition, gitHubSource, secret, secretKey, sourceStatus } from '../fixture/sources.ts'

const publicUrl = 'https://hooks.acme.example'
const hookUrl = `${publicUrl}/sources/default/gh`

test(
  'a hook lives and goes with its manifest, and its secret is replaced without losing a delivery',
  { timeout: 60_000 },
  async () => {
    await using sink = await receiver()
    await using api = await githubApi({
      places: ['acme/web'],
      tokens: { ghp_admin: 'admin' },
      events: ['push', 'issues'],
    })
    const source = (eventTypes: readonly string[]) =>
      gitHubSource('gh', {
        ownerAndRepository: 'acme/web',
        eventTypes,
        githubAPIURL: api.url,
        secretToken: secretKey('gh', 'hook'),
        accessToken: secretKey('gh', 'token'),
        sink: { uri: sink.url },
      })
    await using millrace = await startMillrace({
      args: ['--public-url', publicUrl],
      manifests: {
        'secret.yaml': secret('gh', { hook: 'one', token: 'ghp_wrong' }),
        'source.yaml': source(['push']),
      },
    })

    // bad credentials are a condition, without the token in it or in the log
    await eventually(async () =>
      expect(await condition(millrace, 'githubsource', 'gh', 'WebhookConfigured')).toBe(
        'False AuthenticationFailed',
      ),
    )
    expect(await condition(millrace, 'githubsource', 'gh', 'Ready')).toBe('False AuthenticationFailed')

    // the right token: registered at once, though the next try was minutes away
    await millrace.write('secret.yaml', secret('gh', { hook: 'one', token: 'ghp_admin' }))
    await eventually(() => expect(api.hooks('acme/web')).toHaveLength(1))
    const [first] = api.hooks('acme/web')
    if (first === undefined) throw new Error('there is no hook')
    expect(first).toMatchObject({
      active: true,
      events: ['push'],
      config: { url: hookUrl, content_type: 'json', secret: 'one', insecure_ssl: '0' },
    })
    await eventually(async () => {
      expect(await condition(millrace, 'githubsource', 'gh', 'Ready')).toBe('True')
      expect((await sourceStatus(millrace, 'githubsource', 'gh')).webhookIDKey).toBe(String(first.id))
    })

    const to = `${millrace.ingress}/sources/default/gh`
    const payload = { ref: 'refs/heads/main', compare: 'https://github.com/acme/web/compare/a...b' }
    expect(
      await deliver(first, { event: 'ping', payload: { zen: 'x', hook_id: first.id } }, to),
    ).toMatchObject({
      status: 200,
    })
    const delivered = await deliver(first, { event: 'push', payload }, to)
    expect(delivered.status).toBe(202)
    // a redelivery has the same id
    expect(await deliver(first, { event: 'push', payload, id: delivered.id }, to)).toMatchObject({
      status: 202,
    })

    // two secrets: the first is registered, what the old one signed is still taken
    await millrace.write('secret.yaml', secret('gh', { hook: 'two\none\n', token: 'ghp_admin' }))
    await eventually(() => expect(api.hooks('acme/web')[0]?.config.secret).toBe('two'))
    const late = await deliver(first, { event: 'push', payload }, to)
    const [second = first] = api.hooks('acme/web')
    const fresh = await deliver(second, { event: 'push', payload }, to)
    expect([late.status, fresh.status]).toEqual([202, 202])
    await millrace.write('secret.yaml', secret('gh', { hook: 'two', token: 'ghp_admin' }))
    await eventually(async () =>
      expect((await deliver(first, { event: 'push', payload }, to)).status).toBe(401),
    )

    // another list of events is an update of the same hook
    await millrace.write('source.yaml', source(['push', 'issues']))
    await eventually(() =>
      expect(api.hooks('acme/web')).toMatchObject([{ id: first.id, events: ['push', 'issues'] }]),
    )

    const table = await runCli(['get', 'githubsources', '--server', millrace.admin])
    expect(table.stdout).toMatch(/NAME +.*READY.*\n.*gh .*True/)
    expect(table.stdout).toContain('acme/web')

    // the manifest goes, and so does the hook
    await millrace.write('source.yaml', '')
    await eventually(() => expect(api.hooks('acme/web')).toEqual([]))

    await sink.received(3)
    const ids = [delivered.id, late.id, fresh.id]
    expect(sink.ids.filter((id) => ids.includes(id)).toSorted()).toEqual(ids.toSorted())
    expect(sink.requests[0]?.headers).toMatchObject({
      'ce-type': 'dev.knative.source.github.push',
      'ce-source': 'https://github.com/acme/web',
      'ce-subject': 'a...b',
      'ce-ref': 'refs/heads/main',
      'content-type': 'application/json',
    })
    expect(millrace.stderr).not.toMatch(/ghp_admin|ghp_wrong/)
  },
)

test(
  'a hook is removed with the folder that held its source and its Secret, and after a restart too; one to keep stays',
  { timeout: 60_000 },
  async () => {
    await using api = await githubApi({
      places: ['acme/web', 'acme'],
      tokens: { ghp_admin: 'admin' },
      events: ['push'],
    })
    const source = (name: string, ownerAndRepository: string, annotations: object = {}) =>
      gitHubSource(
        name,
        {
          ownerAndRepository,
          eventTypes: ['push'],
          githubAPIURL: api.url,
          secretToken: secretKey('gh', 'hook'),
          accessToken: secretKey('gh', 'token'),
          sink: { uri: 'http://127.0.0.1:9/' },
        },
        annotations,
      )
    const credentials = secret('gh', { hook: 'one', token: 'ghp_admin' })
    await using millrace = await startMillrace({
      args: ['--public-url', publicUrl],
      manifests: {
        'web.yaml': credentials + source('web', 'acme/web'),
        'org.yaml': '',
        'kept.yaml': '',
      },
    })
    await eventually(() => expect(api.hooks('acme/web')).toHaveLength(1))
    await millrace.write('web.yaml', '')
    await eventually(() => expect(api.hooks('acme/web')).toEqual([]))

    await millrace.write('web.yaml', credentials)
    await millrace.write('org.yaml', source('org', 'acme'))
    await millrace.write('kept.yaml', source('kept', 'acme/web', { 'millrace.dev/keep': 'true' }))
    await eventually(() => expect([...api.hooks('acme'), ...api.hooks('acme/web')]).toHaveLength(2))
    const [before] = api.hooks('acme')
    await millrace.restart()
    const requests = api.requests.length
    await eventually(() => expect(api.requests.length).toBeGreaterThan(requests))
    expect(api.hooks('acme')).toEqual([before])

    await millrace.stop()
    await millrace.write('org.yaml', '')
    await millrace.write('kept.yaml', '')
    expect(api.hooks('acme')).toHaveLength(1)
    await millrace.start()
    await eventually(() => expect(api.hooks('acme')).toEqual([]))
    expect(api.hooks('acme/web')).toHaveLength(1)
  },
)
