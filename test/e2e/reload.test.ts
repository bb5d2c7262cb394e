import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually, receiver, startMillrace, type Millrace } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { admin, settled, triggers } from './fixture/admin.ts'
import { broker, trigger } from './fixture/manifests.ts'
import { brokerUrl, Producers } from './fixture/producing.ts'

/** Seven changes each. */
const rounds = 8
const types = ['kind.a', 'kind.b', 'other']

/** How often each id came. */
function counted(ids: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1)
  return counts
}

function typeOf(n: number): string {
  return types[n % types.length] ?? ''
}

/** Waits until what is in force has a trigger of this name with this text in its manifest, or has none. */
async function inForce(millrace: Millrace, name: string, text: string | undefined): Promise<void> {
  await eventually(async () => {
    const { items } = await admin<{ items: object[] }>(millrace, `/api/resources?kind=trigger&name=${name}`)
    if (text === undefined) expect(items).toEqual([])
    else expect(JSON.stringify(items)).toContain(text)
  })
}

/** Accepted between two moments at which the same triggers were in force: no doubt about their routes. */
class Spans {
  readonly ids = new Set<string>()
  readonly #producers: Producers
  #from: number | undefined

  constructor(producers: Producers) {
    this.#producers = producers
  }

  begin(): void {
    this.#from = this.#producers.begun
  }

  end(): void {
    for (const id of this.#producers.accepted) if (Number(id) >= (this.#from ?? Infinity)) this.ids.add(id)
    this.#from = undefined
  }
}

test(
  'more than 50 changes of the manifests under load lose nothing and route nothing twice',
  { timeout: 120_000 },
  async () => {
    await using sink = await receiver({ remember: 'ids' })
    const to = (path: string): string => sink.path(path).url
    const filters = [{ prefix: { type: 'kind.' } }, { exact: { type: 'kind.a' } }]
    const moving = (round: number): string => trigger('moving', to(`/moving/${round % 2}`))
    const filtered = (round: number): string =>
      trigger('filtered', to('/filtered'), { filters: [filters[round % 2] ?? {}] })
    await using millrace = await startMillrace({
      manifests: {
        'steady.yaml': broker() + trigger('steady', to('/steady')),
        'moving.yaml': moving(0),
        'filtered.yaml': filtered(0),
        'coming.yaml': trigger('coming', to('/coming')),
      },
    })
    const producers = new Producers(
      () => brokerUrl(millrace),
      (n) => ({ id: String(n), type: typeOf(n) }),
      4,
    )
    const coming = new Spans(producers)
    const added = new Map<number, Spans>()
    coming.begin()

    for (let round = 1; round <= rounds; round += 1) {
      await millrace.write('moving.yaml', moving(round))
      await inForce(millrace, 'moving', `/moving/${round % 2}`)
      await producers.accept(10)

      coming.end()
      await rm(join(millrace.manifestsPath, 'coming.yaml'))
      await inForce(millrace, 'coming', undefined)
      await producers.accept(10)

      const name = `added-${round}`
      await millrace.write(`${name}.yaml`, trigger(name, to(`/${name}`)))
      await inForce(millrace, name, `/${name}`)
      const span = new Spans(producers)
      added.set(round, span)
      span.begin()

      // nothing of what is written beside a broken file comes into force
      await millrace.write('broken.yaml', broker('broken').replace('metadata', 'metadaat'))
      await millrace.write('filtered.yaml', filtered(round))
      await eventually(async () => {
        const { reload } = await admin<{ reload: { ok: boolean; errors: string[] } }>(millrace, '/api/server')
        expect(reload.ok).toBe(false)
        expect(reload.errors.join('\n')).toMatch(/broken\.yaml:\d+: .*metadata/)
      })
      await inForce(millrace, 'filtered', JSON.stringify(filters[(round - 1) % 2]))
      await producers.accept(10)
      span.end()
      await rm(join(millrace.manifestsPath, 'broken.yaml'))
      await inForce(millrace, 'filtered', JSON.stringify(filters[round % 2]))

      await millrace.write('coming.yaml', trigger('coming', to('/coming')))
      await inForce(millrace, 'coming', '/coming')
      coming.begin()
      await producers.accept(10)
    }
    coming.end()
    await producers.stop()
    await settled(millrace)

    const { accepted } = producers
    const arrived = (path: string): ReadonlyMap<string, number> => counted(sink.path(path).ids)
    const once = new Map([...accepted].map((id) => [id, 1]))
    expect(producers.refused).toBe(0)
    expect(arrived('/steady')).toEqual(once)
    expect(counted([...sink.path('/moving/0').ids, ...sink.path('/moving/1').ids])).toEqual(once)
    // type kind.a matches both filters, kind.b one of them, other none
    const byType = Map.groupBy(arrived('/filtered').keys(), (id) => typeOf(Number(id)))
    expect(new Set(byType.get('kind.a'))).toEqual(
      new Set([...accepted].filter((id) => typeOf(Number(id)) === 'kind.a')),
    )
    expect(byType.get('other')).toBeUndefined()
    const spans = [['/coming', coming], ...[...added].map(([round, span]) => [`/added-${round}`, span])] as [
      string,
      Spans,
    ][]
    for (const [path, { ids }] of spans) {
      expect(ids.size).toBeGreaterThan(0)
      expect([...ids].filter((id) => !arrived(path).has(id))).toEqual([])
    }
    for (const path of ['/filtered', ...spans.map(([each]) => each)])
      expect([...arrived(path).values()].filter((times) => times > 1)).toEqual([])
    process.stdout.write(
      `reload: ${rounds * 7} changes, ${accepted.size} events accepted, ${sink.count} deliveries, 0 lost, 0 twice\n`,
    )
    expect([...(await triggers(millrace)).keys()]).toHaveLength(4 + rounds)
  },
)

test('a file that is renamed over another comes into force', async () => {
  await using sink = await receiver()
  await using millrace = await startMillrace({ manifests: broker() + trigger('one', sink.url) })
  await millrace.write('manifests.yaml.tmp', broker() + trigger('two', sink.url))
  const path = join(millrace.manifestsPath, 'manifests.yaml')
  await rename(`${path}.tmp`, path)
  await inForce(millrace, 'two', sink.url)
  await inForce(millrace, 'one', undefined)
})
