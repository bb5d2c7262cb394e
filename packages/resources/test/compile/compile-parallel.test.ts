import { describe, expect, it } from 'vitest'
import { compileText, flow } from '../read-text.ts'

const branches = [
  'branches:',
  '- filter: {uri: "http://is-eu/"}',
  '  subscriber: {uri: "http://eu/"}',
  '  reply: {uri: "http://eu-done/"}',
  '- subscriber: {uri: "http://all/"}',
  'reply: {uri: "http://done/"}',
].join('\n')

const filterId = '/default/f|Parallel|default/f-kn-parallel-filter-0|subscriber'
const branchId = (index: number, role = 'subscriber') =>
  `/default/f/branches/${index}|Parallel|default/f-kn-parallel-${index}|${role}`

describe('a Parallel', () => {
  it('leads to every branch: to its filter, or without one straight to its subscriber', async () => {
    const { topology, findings } = await compileText(flow('Parallel', branches))
    expect(findings).toEqual([])
    const own = topology.addressables.get('/default/f')
    expect(own?.routes.map(({ id }) => id)).toEqual([filterId, branchId(1)])
    expect(topology.routes.get(filterId)).toMatchObject({
      destination: { url: 'http://is-eu/' },
      reply: { kind: 'addressable', path: '/default/f/branches/0' },
    })
    expect(topology.addressables.get('/default/f/branches/0')?.routes.map(({ id }) => id)).toEqual([
      branchId(0),
    ])
  })

  it("a branch's own reply wins over the common one", async () => {
    const { topology } = await compileText(flow('Parallel', branches))
    const urls = [0, 1].map((index) => topology.routes.get(branchId(index, 'reply'))?.destination)
    expect(urls).toEqual([
      { kind: 'url', url: 'http://eu-done/' },
      { kind: 'url', url: 'http://done/' },
    ])
  })

  it("a subscriber's route is the same with and without a filter: what waits there stays", async () => {
    const without = (await compileText(flow('Parallel', 'branches: [{subscriber: {uri: "http://a/"}}]')))
      .topology
    const filtered = (
      await compileText(
        flow('Parallel', 'branches: [{filter: {uri: "http://f/"}, subscriber: {uri: "http://a/"}}]'),
      )
    ).topology
    expect([...without.routes.keys()]).toEqual([branchId(0)])
    expect([...filtered.routes.keys()]).toEqual([filterId, branchId(0)])
  })

  it("a branch's delivery holds for its filter and its subscriber", async () => {
    const branch =
      'branches: [{filter: {uri: "http://f/"}, subscriber: {uri: "http://a/"}, delivery: {retry: 3, deadLetterSink: {uri: "http://d/"}}}]'
    const { topology } = await compileText(flow('Parallel', branch))
    const routes = [...topology.routes.values()]
    expect(routes.map(({ policy }) => policy.retry)).toEqual([3, 3, 3, 3])
    expect(routes.filter(({ role }) => role === 'deadletter').map(({ name }) => name)).toEqual([
      'f-kn-parallel-filter-0',
      'f-kn-parallel-0',
    ])
  })

  it('shows the statuses of what Knative would make of it', async () => {
    const text = flow(
      'Parallel',
      branches.replace('{uri: "http://is-eu/"}', '{ref: {apiVersion: v1, kind: Service, name: x}}'),
    )
    const { statuses } = await compileText(text)
    const status = statuses.get('Parallel default/f')
    expect(status?.ingressChannelStatus?.channel.name).toBe('f-kn-parallel')
    expect(status?.branchStatuses).toMatchObject([
      {
        filterSubscriptionStatus: {
          subscription: { name: 'f-kn-parallel-filter-0' },
          ready: { status: 'False' },
        },
        filterChannelStatus: { channel: { name: 'f-kn-parallel-0' }, ready: { status: 'True' } },
        subscriberSubscriptionStatus: {
          subscription: { name: 'f-kn-parallel-0' },
          ready: { status: 'True' },
        },
      },
      {
        subscriberSubscriptionStatus: {
          subscription: { name: 'f-kn-parallel-1' },
          ready: { status: 'True' },
        },
      },
    ])
    expect(status?.branchStatuses?.[1]).not.toHaveProperty('filterSubscriptionStatus')
    expect(status?.conditions).toContainEqual({
      type: 'SubscriptionsReady',
      status: 'False',
      reason: 'SubscriptionsNotReady',
      message: expect.stringContaining('f-kn-parallel-filter-0: Failed to resolve spec.subscriber'),
    })
  })

  it('warns once of a common reply that does not resolve, and its branches wait', async () => {
    const both = 'branches: [{subscriber: {uri: "http://a/"}}, {subscriber: {uri: "http://b/"}}]'
    const { topology, findings } = await compileText(
      flow('Parallel', `${both}\nreply: {ref: {apiVersion: v1, kind: Service, name: x}}`),
    )
    expect(findings.map(({ path }) => path)).toEqual(['spec.reply.ref'])
    expect(topology.routes.get(branchId(0))?.destination).toBeUndefined()
  })
})
