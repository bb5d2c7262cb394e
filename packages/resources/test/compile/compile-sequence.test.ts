import { describe, expect, it } from 'vitest'
import { broker, compileText, documents, flow } from '../read-text.ts'

const toBroker = '{ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: b}}'
const three = 'steps: [{uri: "http://a/"}, {uri: "http://b/"}, {uri: "http://c/"}]'

describe('a Sequence', () => {
  it('is an addressable for each step; each replies to the next, the last to the reply', async () => {
    const { topology, findings } = await compileText(
      documents(broker('b'), flow('Sequence', `${three}\nreply: ${toBroker}`)),
    )
    expect(findings).toEqual([])
    const steps = ['/default/f', '/default/f/steps/1', '/default/f/steps/2']
    expect([...topology.addressables.keys()]).toEqual(['/default/b', ...steps])
    const routes = steps.map((path) => topology.addressables.get(path)?.routes)
    expect(routes.flat()).toEqual(
      [
        ['http://a/', steps[1]],
        ['http://b/', steps[2]],
        ['http://c/', '/default/b'],
      ].map(([url, next], index) =>
        expect.objectContaining({
          id: `${steps[index]}|Sequence|default/f-kn-sequence-${index}|subscriber`,
          addressable: steps[index],
          destination: { kind: 'url', url },
          reply: { kind: 'addressable', path: next },
        }),
      ),
    )
    expect(topology.routes.size).toBe(3)
  })

  it('owns its steps: nobody else can send to them', async () => {
    const { topology } = await compileText(flow('Sequence', three))
    const owners = [...topology.addressables.values()].map(({ owner, kind, name }) => [owner, kind, name])
    expect(owners).toEqual([
      [undefined, 'Sequence', 'f'],
      ['/default/f', 'Sequence', 'f'],
      ['/default/f', 'Sequence', 'f'],
    ])
  })

  it('drops what the last step answers with where there is no reply', async () => {
    const { topology } = await compileText(flow('Sequence', three))
    expect(topology.addressables.get('/default/f/steps/2')?.routes[0]?.reply).toBeUndefined()
  })

  it('has a policy and a dead-letter sink for each step', async () => {
    const steps =
      'steps: [{uri: "http://a/", delivery: {retry: 2, deadLetterSink: {uri: "http://d/"}}}, {uri: "http://b/"}]'
    const { topology } = await compileText(flow('Sequence', steps))
    const [first, dead, second] = [...topology.routes.values()]
    expect(first).toMatchObject({ policy: { retry: 2 }, deadLetter: { kind: 'route', route: dead?.id } })
    expect(dead).toMatchObject({ role: 'deadletter', destination: { url: 'http://d/' } })
    expect(second).toMatchObject({ policy: { retry: 10 }, deadLetter: undefined })
  })

  it('shows the statuses of the channels and subscriptions that Knative would make', async () => {
    const text = flow(
      'Sequence',
      'steps: [{uri: "http://a/"}, {ref: {apiVersion: v1, kind: Service, name: x}}]',
    )
    const { statuses, findings } = await compileText(text, { ingressUrl: 'http://localhost:8080' })
    expect(findings.map(({ path }) => path)).toEqual(['spec.steps[1].ref'])
    const status = statuses.get('Sequence default/f')
    expect(status?.conditions.map(({ type, status: value }) => `${type}=${value}`)).toEqual([
      'Addressable=True',
      'ChannelsReady=True',
      'EventPoliciesReady=True',
      'OIDCIdentityCreated=True',
      'Ready=False',
      'SubscriptionsReady=False',
    ])
    expect(status?.address?.url).toBe('http://localhost:8080/default/f')
    const template = { apiVersion: 'messaging.knative.dev/v1', kind: 'InMemoryChannel', namespace: 'default' }
    expect(status?.channelStatuses?.map(({ channel }) => channel)).toEqual([
      { ...template, name: 'f-kn-sequence-0' },
      { ...template, name: 'f-kn-sequence-1' },
    ])
    expect(status?.subscriptionStatuses).toMatchObject([
      { subscription: { kind: 'Subscription', name: 'f-kn-sequence-0' }, ready: { status: 'True' } },
      {
        subscription: { name: 'f-kn-sequence-1' },
        ready: { status: 'False', reason: 'SubscriberResolveFailed' },
      },
    ])
  })

  it('to a Sequence, and to itself, which is a loop', async () => {
    const to = (name: string) =>
      `reply: {ref: {apiVersion: flows.knative.dev/v1, kind: Sequence, name: ${name}}}`
    const chain = documents(flow('Sequence', `${three}\n${to('g')}`), flow('Sequence', three, 'name: g'))
    expect((await compileText(chain)).findings).toEqual([])
    const { findings } = await compileText(flow('Sequence', `${three}\n${to('f')}`))
    expect(findings.map(({ path }) => path)).toContain('spec.reply')
  })
})
