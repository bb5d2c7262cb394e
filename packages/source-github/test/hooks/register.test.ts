import type { Checkpoint } from '@millrace/source-sdk'
import { describe, expect, test } from 'vitest'
import { registerHook, removeHook } from '../../src/hooks/register.ts'
import { rememberedHook } from '../../src/hooks/registered-hook.ts'
import { apiAtHand, checkpointAtHand, place, wantedAt, type ApiAtHand } from './api-at-hand.ts'

const url = 'https://hooks.acme.example/sources/default/gh'

describe('a hook that is not there', () => {
  test('is created as GitHub documents it, and remembered', async () => {
    await using at = await apiAtHand()
    const checkpoint = checkpointAtHand()
    const id = await registerHook(at.api, checkpoint, wantedAt(at.fake))
    expect(at.fake.hooks(place)).toEqual([
      {
        id,
        active: true,
        events: ['push', 'pull_request'],
        config: { url, content_type: 'json', insecure_ssl: '0', secret: 'one' },
      },
    ])
    expect(methods(at)).toEqual(['GET /repos/acme/web/hooks', 'POST /repos/acme/web/hooks'])
    expect(at.fake.requests[1]?.body['name']).toBe('web')
    expect(at.fake.requests[1]?.headers).toMatchObject({
      accept: 'application/vnd.github+json',
      authorization: 'Bearer ghp_admin',
      'x-github-api-version': '2022-11-28',
    })
    expect(await rememberedHook(checkpoint)).toEqual({ id, apiUrl: at.fake.url, ownerAndRepository: place })
  })

  test('of an organization stands there', async () => {
    await using at = await apiAtHand()
    const events = ['*']
    await registerHook(at.api, checkpointAtHand(), wantedAt(at.fake, { ownerAndRepository: 'acme', events }))
    expect(at.fake.hooks('acme')).toMatchObject([{ events: ['*'] }])
    expect(methods(at)).toEqual(['GET /orgs/acme/hooks', 'POST /orgs/acme/hooks'])
  })

  test('with secure: false GitHub does not look at the certificate', async () => {
    await using at = await apiAtHand()
    await registerHook(at.api, checkpointAtHand(), wantedAt(at.fake, { secure: false }))
    expect(at.fake.hooks(place)[0]?.config.insecure_ssl).toBe('1')
  })
})

describe('a hook that is there', () => {
  test('is updated with one request: events, secret and what somebody switched off', async () => {
    await using at = await apiAtHand()
    const checkpoint = checkpointAtHand()
    const id = await registerHook(at.api, checkpoint, wantedAt(at.fake))
    at.fake.requests.length = 0
    const changed = wantedAt(at.fake, { secret: 'two', events: ['issues'] })
    expect(await registerHook(at.api, checkpoint, changed)).toBe(id)
    expect(at.fake.hooks(place)).toMatchObject([{ id, events: ['issues'], config: { secret: 'two' } }])
    expect(methods(at)).toEqual([`PATCH /repos/acme/web/hooks/${id}`])
    expect(at.fake.requests[0]?.body['active']).toBe(true)
  })

  test('moves to a new URL of the server', async () => {
    await using at = await apiAtHand()
    const checkpoint = checkpointAtHand()
    const id = await registerHook(at.api, checkpoint, wantedAt(at.fake))
    await registerHook(
      at.api,
      checkpoint,
      wantedAt(at.fake, { url: 'https://new.example/sources/default/gh' }),
    )
    expect(at.fake.hooks(place)).toMatchObject([
      { id, config: { url: 'https://new.example/sources/default/gh' } },
    ])
  })

  test('is made again where somebody deleted it', async () => {
    await using at = await apiAtHand()
    const checkpoint = checkpointAtHand()
    const id = await registerHook(at.api, checkpoint, wantedAt(at.fake))
    at.fake.removeHook(place, id)
    const second = await registerHook(at.api, checkpoint, wantedAt(at.fake))
    expect(second).not.toBe(id)
    expect(at.fake.hooks(place).map((hook) => hook.id)).toEqual([second])
    expect((await rememberedHook(checkpoint))?.id).toBe(second)
  })

  test('with our URL is taken over, on whichever page of the list it stands', async () => {
    await using at = await apiAtHand()
    for (let index = 0; index < 120; index++)
      at.fake.addHook(place, { events: [], config: { url: `https://other.example/${index}` } })
    const { id } = at.fake.addHook(place, { events: ['push'], config: { url, content_type: 'form' } })
    expect(await registerHook(at.api, checkpointAtHand(), wantedAt(at.fake))).toBe(id)
    expect(at.fake.hooks(place)).toHaveLength(121)
    expect(at.fake.hooks(place).at(-1)).toMatchObject({
      events: ['push', 'pull_request'],
      config: { content_type: 'json', secret: 'one' },
    })
  })

  test('is found again after a crash between its creation and the checkpoint', async () => {
    await using at = await apiAtHand()
    const lost: Checkpoint = {
      ...checkpointAtHand(),
      put: () => Promise.reject(new Error('the process died')),
    }
    await expect(registerHook(at.api, lost, wantedAt(at.fake))).rejects.toThrow('the process died')
    const [hook] = at.fake.hooks(place)
    expect(await registerHook(at.api, checkpointAtHand(), wantedAt(at.fake))).toBe(hook?.id)
    expect(at.fake.hooks(place)).toHaveLength(1)
  })
})

test('the hook of a repository that the manifest no longer names is removed', async () => {
  await using at = await apiAtHand()
  const checkpoint = checkpointAtHand()
  await registerHook(at.api, checkpoint, wantedAt(at.fake))
  await registerHook(at.api, checkpoint, wantedAt(at.fake, { ownerAndRepository: 'acme/docs' }))
  expect(at.fake.hooks(place)).toEqual([])
  expect(at.fake.hooks('acme/docs')).toHaveLength(1)
})

test('a repository that was renamed is followed, with the same method', async () => {
  await using at = await apiAtHand()
  const checkpoint = checkpointAtHand()
  const id = await registerHook(at.api, checkpoint, wantedAt(at.fake))
  at.fake.rename(place, 'acme/site')
  await registerHook(at.api, checkpoint, wantedAt(at.fake, { secret: 'two' }))
  expect(at.fake.hooks('acme/site')).toMatchObject([{ id, config: { secret: 'two' } }])
})

test('a redirection to another host is not followed: the token stays here', async () => {
  await using at = await apiAtHand()
  await using other = await apiAtHand()
  at.fake.fail({ status: 307, headers: { location: `${other.fake.url}/repos/acme/web/hooks` } })
  await expect(registerHook(at.api, checkpointAtHand(), wantedAt(at.fake))).rejects.toMatchObject({
    reason: 'UnexpectedAnswer',
  })
  expect(other.fake.requests).toEqual([])
})

test('a hook is removed, and one that is gone already is no error', async () => {
  await using at = await apiAtHand()
  const checkpoint = checkpointAtHand()
  const id = await registerHook(at.api, checkpoint, wantedAt(at.fake))
  const hook = { id, apiUrl: at.fake.url, ownerAndRepository: place }
  await removeHook(at.api, hook)
  expect(at.fake.hooks(place)).toEqual([])
  await removeHook(at.api, hook)
})

function methods({ fake }: ApiAtHand): string[] {
  return fake.requests.map(({ method, path }) => `${method} ${path}`)
}
