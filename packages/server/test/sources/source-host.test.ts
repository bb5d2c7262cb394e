import { eventOf, SourceError, type RunContext } from '@millrace/source-sdk'
import { TestClock } from '@millrace/source-sdk/conformance'
import { memoryStorage } from '@millrace/storage'
import { latch } from '@millrace/testkit'
import { describe, expect, test, vi } from 'vitest'
import {
  broker,
  scripted,
  scriptedSource,
  secretOf,
  secretRef,
  SourceStage,
  toBroker,
  trigger,
} from './source-stage.ts'

const toUrl = 'sink: {uri: "http://127.0.0.1:9/hook"}'

function event(id: string) {
  return eventOf({ id, source: '/s', type: 't', data: '{}' })
}

/** Emits these and is done. */
function emitting(...ids: readonly string[]) {
  return scriptedSource({
    async run({ emit }) {
      for (const id of ids) await emit({ event: event(id), dedupe: id })
    },
  })
}

describe('what a source emits', () => {
  test('goes straight into an addressable, with the overrides and the loop guard', async () => {
    await using stage = new SourceStage(emitting('1'))
    await stage.apply(broker, trigger, scripted([toBroker, 'ceOverrides: {extensions: {team: blue}}']))
    stage.host.start()
    await vi.waitFor(() => expect(stage.ids()).toEqual(['1']))
    const [one] = stage.accepted
    expect(one?.path).toBe('/default/b')
    expect(one?.record.event.attributes).toEqual({
      specversion: '1.0',
      id: '1',
      source: '/s',
      type: 't',
      team: 'blue',
      knativebrokerttl: 255,
    })
  })

  test('goes to a plain URL by a route of its own, with the default policy', async () => {
    await using stage = new SourceStage(emitting('1'))
    await stage.apply(scripted([toUrl]))
    stage.host.start()
    await vi.waitFor(() => expect(stage.accepted.map(({ path }) => path)).toEqual(['/default/s']))
    const [id] = (await stage.storage.routes.list()).map((route) => route.id)
    expect(id).toBe('/default/s|ScriptedSource|default/s|subscriber')
  })

  test('waits where the sink is not there, and SinkProvided names it', async () => {
    await using stage = new SourceStage(emitting('1'))
    await stage.apply(scripted([toBroker]))
    stage.host.start()
    await vi.waitFor(() => expect(stage.ids()).toEqual(['1']))
    expect((await stage.storage.stats())[0]?.unsettled).toBe(1)
    const message = 'brokers.eventing.knative.dev "b" not found, declare it in namespace default'
    expect(stage.condition('SinkProvided')).toMatchObject({ status: 'False', reason: 'NotFound', message })
    expect(stage.condition('Ready')).toMatchObject({ status: 'False', reason: 'NotFound', message })
  })

  test('is stored once by its dedupe key, whoever emits it', async () => {
    const storage = memoryStorage()
    for (const _ of [1, 2]) {
      await using stage = new SourceStage(emitting('1', '2', '1'), { storage })
      await stage.apply(scripted([toUrl]))
      stage.host.start()
      await vi.waitFor(() => expect(stage.condition('Connected')?.status).toBe('True'))
    }
    expect((await storage.stats())[0]?.unsettled).toBe(2)
  })

  test('waits in the hands of the source while the store refuses', async () => {
    await using stage = new SourceStage(emitting('1', '2'))
    await stage.apply(scripted([toUrl]))
    stage.refuse = 'the disk is full'
    stage.host.start()
    const counts = stage.counters.of({ namespace: 'default', kind: 'ScriptedSource', name: 's' })
    await vi.waitFor(() => expect(counts.errors.get('store')).toBe(1))
    stage.refuse = undefined
    await vi.waitFor(() => {
      stage.clock.jump(stage.clock.now() + 10_000)
      expect(stage.ids()).toEqual(['1', '2'])
    })
    expect(counts).toMatchObject({ received: 2, emitted: 2 })
  })

  test('is refused where it is no CloudEvent, which ends the run for good', async () => {
    await using stage = new SourceStage(
      scriptedSource({ run: async ({ emit }) => void (await emit({ event: event('') })) }),
    )
    await stage.apply(scripted([toUrl]))
    stage.host.start()
    await vi.waitFor(() => expect(stage.condition('Connected')?.reason).toBe('NotAnEvent'))
    expect(stage.condition('Connected')?.message).toBe(
      'what it emits cannot be taken: id is empty, it must not be',
    )
  })
})

describe('a run', () => {
  test('that fails is begun again after growing pauses, or after as long as it asks for', async () => {
    const begun: number[] = []
    const clock = new TestClock()
    const source = scriptedSource({
      run: async () => {
        begun.push(clock.now())
        if (begun.length === 3) throw SourceError.retryable('slow down', { afterMs: 30_000 })
        throw new Error('upstream is away')
      },
    })
    await using stage = new SourceStage(source, { clock })
    await stage.apply(scripted([toUrl]))
    stage.host.start()
    await vi.waitFor(() => {
      if (Number.isFinite(clock.next)) clock.jump(clock.next)
      expect(begun.length).toBeGreaterThan(5)
    })
    const pauses = begun.slice(1, 6).map((at, index) => at - (begun[index] ?? 0))
    expect(pauses).toEqual([1_000, 2_000, 30_000, 8_000, 16_000])
    expect(stage.condition('Connected')).toMatchObject({
      status: 'False',
      reason: 'RunFailed',
      message: 'upstream is away',
    })
    expect(stage.logged.filter((line) => line.includes('a source refused what came'))).toHaveLength(1)
  })

  test('that fails for good waits until its Secret changes; no value of it is said anywhere', async () => {
    const source = scriptedSource({
      async run({ secret, log, status }) {
        const [value] = secret(secretRef)
        log.info({ sent: `Bearer ${value}` }, 'connecting')
        if (value === 'right-one') return status.condition('Connected', 'True')
        throw SourceError.terminal(`${value} is not accepted`, { reason: 'AuthenticationFailed' })
      },
    })
    await using stage = new SourceStage(source)
    await stage.apply(scripted([toUrl]), secretOf('wrong-one'))
    stage.host.start()
    await vi.waitFor(() => expect(stage.condition('Connected')?.reason).toBe('AuthenticationFailed'))
    expect(stage.condition('Connected')?.message).toBe('*** is not accepted')
    await stage.apply(scripted([toUrl]), secretOf('right-one'))
    await vi.waitFor(() => expect(stage.condition('Connected')?.status).toBe('True'))
    expect(stage.condition('Ready')?.status).toBe('True')
    expect(stage.logged.some((line) => line.includes('Bearer ***'))).toBe(true)
    expect(stage.logged.join('\n')).not.toMatch(/wrong-one|right-one/)
  })

  test('that needs a missing Secret says which, and goes on when it is there', async () => {
    const source = scriptedSource({ run: async ({ secret }) => void secret(secretRef) })
    await using stage = new SourceStage(source)
    await stage.apply(scripted([toUrl]))
    stage.host.start()
    await vi.waitFor(() => expect(stage.condition('Connected')?.reason).toBe('SecretMissing'))
    expect(stage.condition('Connected')?.message).toContain(
      'secrets "k" not found, declare it in namespace default',
    )
    await stage.apply(scripted([toUrl]), secretOf('there'))
    await vi.waitFor(() => expect(stage.condition('Connected')?.status).toBe('True'))
  })

  test('is one at a time: a changed manifest ends the old one first', async () => {
    const [running, specs]: [string[], unknown[]] = [[], []]
    const source = scriptedSource({
      async run({ spec, signal }: RunContext<object>) {
        specs.push(spec)
        running.push('begins')
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
        await new Promise(setImmediate)
        running.push('ends')
      },
    })
    await using stage = new SourceStage(source)
    await stage.apply(scripted([toUrl, 'n: 1']))
    stage.host.start()
    await vi.waitFor(() => expect(running).toEqual(['begins']))
    await stage.apply(scripted([toUrl, 'n: 1']))
    await stage.apply(scripted([toUrl, 'n: 2']))
    await vi.waitFor(() => expect(running).toEqual(['begins', 'ends', 'begins']))
    expect(specs).toEqual([{ n: 1 }, { n: 2 }])
  })

  test('of which only one may be has one holder, and another when that one is gone', async () => {
    const storage = memoryStorage()
    const clock = new TestClock()
    const holders: string[] = []
    const stageOf = (name: string): SourceStage => {
      const source = scriptedSource({
        singleton: true,
        async run({ signal }) {
          holders.push(name)
          await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
        },
      })
      return new SourceStage(source, { storage, clock, shared: true })
    }
    await using one = stageOf('one')
    await using two = stageOf('two')
    await one.apply(scripted([toUrl]))
    await two.apply(scripted([toUrl]))
    one.host.start()
    await vi.waitFor(() => expect(holders).toEqual(['one']))
    two.host.start()
    clock.jump(clock.now() + 2_000)
    await one.host.stop()
    await vi.waitFor(() => {
      clock.jump(clock.now() + 3_000)
      expect(holders).toEqual(['one', 'two'])
    })
  })
})

test('a holder that stood still until another had the name emits nothing more, and keeps nothing', async () => {
  let storeNow = 0
  const storage = memoryStorage({ now: () => storeNow })
  const said: string[] = []
  const goesOn = Promise.withResolvers<void>()
  const stageOf = (name: string, clock: TestClock): SourceStage => {
    const source = scriptedSource({
      singleton: true,
      async run({ checkpoint, emit, signal }) {
        said.push(`${name} holds it`)
        if (name === 'one') await goesOn.promise
        const own = event(name)
        await emit({ event: own }).then(
          () => said.push(`${name} emits`),
          () => said.push(`${name} emits nothing`),
        )
        await checkpoint.put(Buffer.from(name)).then(
          () => said.push(`${name} keeps`),
          () => said.push(`${name} keeps nothing`),
        )
        if (!signal.aborted)
          await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      },
    })
    return new SourceStage(source, { storage, clock, shared: true })
  }
  const stopped = new TestClock()
  const ownNow = stopped.now()
  await using one = stageOf('one', stopped)
  await using two = stageOf('two', new TestClock())
  await one.apply(scripted([toUrl]))
  await two.apply(scripted([toUrl]))
  one.host.start()
  await vi.waitFor(() => expect(said).toEqual(['one holds it']))
  // the process of the first stands still, and its lease runs out
  storeNow += 10_000
  two.host.start()
  await vi.waitFor(() => expect(said).toContain('two keeps'))
  // it goes on before any of its timers has had its turn
  stopped.now = () => ownNow + 10_000
  goesOn.resolve()
  await vi.waitFor(() => expect(said).toContain('one keeps nothing'))
  expect(said).toEqual([
    'one holds it',
    'two holds it',
    'two emits',
    'two keeps',
    'one emits nothing',
    'one keeps nothing',
  ])
})

describe('what was made upstream', () => {
  const removing = (removed: string[], failures = 0) => {
    let left = failures
    return scriptedSource({
      run: async () => undefined,
      async onDelete({ name, spec }) {
        left -= 1
        if (left >= 0) throw new Error('upstream is away')
        removed.push(`${name} ${JSON.stringify(spec)}`)
      },
    })
  }

  test('is removed when the manifest goes, also where that takes several tries', async () => {
    const removed: string[] = []
    await using stage = new SourceStage(removing(removed, 2))
    await stage.apply(scripted([toUrl, 'n: 7']))
    stage.host.start()
    await vi.waitFor(() => expect(stage.condition('Connected')?.status).toBe('True'))
    await stage.apply(broker, trigger)
    await vi.waitFor(() => {
      if (Number.isFinite(stage.clock.next)) stage.clock.jump(stage.clock.next)
      expect(removed).toEqual(['s {"n":7}'])
    })
    await vi.waitFor(async () => expect(await stage.storage.checkpoints.list('source/')).toEqual([]))
  })

  test('is removed when the manifest is missing at the next start, and stays over a stop', async () => {
    const [storage, removed]: [ReturnType<typeof memoryStorage>, string[]] = [memoryStorage(), []]
    {
      await using first = new SourceStage(removing(removed), { storage })
      await first.apply(scripted([toUrl]))
      first.host.start()
      await vi.waitFor(() => expect(first.condition('Connected')?.status).toBe('True'))
    }
    expect(removed).toEqual([])
    await using second = new SourceStage(removing(removed), { storage })
    await second.apply(broker, trigger)
    second.host.start()
    await vi.waitFor(() => expect(removed).toEqual(['s {}']))
  })

  test('holds up neither a stop nor what has its name next, where its removal hangs', async () => {
    let hangs = 0
    const source = scriptedSource({
      run: async () => undefined,
      onDelete: () => {
        hangs += 1
        return new Promise(() => undefined)
      },
    })
    const stage = new SourceStage(source)
    await stage.apply(scripted([toUrl]))
    stage.host.start()
    await vi.waitFor(() => expect(stage.condition('Connected')?.status).toBe('True'))
    await stage.apply(broker)
    await vi.waitFor(() => expect(hangs).toBe(1))
    stage.clock.jump(stage.clock.now() + 60_000)
    await vi.waitFor(() => expect(stage.logged.join()).toContain('could not be removed, and stays'))
    await stage.apply(scripted([toUrl]))
    await vi.waitFor(() => expect(stage.condition('Connected')?.status).toBe('True'))
    await stage.apply(broker)
    await vi.waitFor(() => expect(hangs).toBe(2))
    await stage[Symbol.asyncDispose]()
  })

  test('stays where the manifest said so', async () => {
    const removed: string[] = []
    await using stage = new SourceStage(removing(removed))
    await stage.apply(scripted([toUrl], 'name: s, annotations: {millrace.dev/keep: "true"}'))
    stage.host.start()
    await vi.waitFor(() => expect(stage.condition('Connected')?.status).toBe('True'))
    await stage.apply(broker, trigger)
    await vi.waitFor(async () => expect(await stage.storage.checkpoints.list('source/')).toEqual([]))
    expect(removed).toEqual([])
  })
})

test('a refusal does not tell a secret that is a word of its sentence', async () => {
  const source = scriptedSource({
    async handle(_, { secret }) {
      secret(secretRef)
      return { kind: 'unauthorized', detail: 'the bearer token is not the secret of this source' }
    },
  })
  await using stage = new SourceStage(source)
  await stage.apply(secretOf('tok'), scripted([toUrl]))
  const request = { method: 'POST', query: '', headers: {}, body: new Uint8Array() }
  const reply = await stage.host.webhook('default', 's')?.handle(request)
  const detail = 'it is not signed with the right credentials'
  expect(reply).toMatchObject({ kind: 'problem', problem: { status: 401, detail } })
  expect(stage.logged.join()).not.toContain('***')
})

test('a source that does not stop is left behind', { timeout: 10_000 }, async () => {
  const begun = latch(1)
  const stuck = scriptedSource({
    run: () => {
      begun.countDown()
      return new Promise<void>(() => undefined)
    },
  })
  const stage = new SourceStage(stuck)
  await stage.apply(scripted([toUrl]))
  stage.host.start()
  await begun.open
  await stage[Symbol.asyncDispose]()
  expect(stage.logged.some((line) => line.includes('a source does not stop'))).toBe(true)
})
