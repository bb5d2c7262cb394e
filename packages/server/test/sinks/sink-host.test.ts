import { compile, loadManifests, resourceKey, sinkKind, type Resource } from '@millrace/resources'
import { defineSink, type DefinedSink, type SinkContext, type SinkFailure } from '@millrace/source-sdk'
import { TestClock } from '@millrace/source-sdk/conformance'
import { eventually, latch, type Latch } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import type { SinkResult } from '../../src/sink-sends.ts'
import { SinkHost } from '../../src/sinks/sink-host.ts'

const missing: SinkFailure = {
  kind: 'unready',
  condition: 'TopicReady',
  reason: 'TopicMissing',
  message: 'the topic is not there',
}

interface Log {
  readonly opened: string[]
  readonly closed: string[]
  readonly sent: string[][]
}

/** A sink that does what a test wants; `password` of its Secret is part of what it says. */
class Script {
  readonly log: Log = { opened: [], closed: [], sent: [] }
  failure: SinkFailure | undefined
  /** What is sent fails with it; undefined: as `failure`. */
  sendFailure: SinkFailure | undefined
  checks = 0
  #hanging: Latch | undefined

  readonly sink: DefinedSink<{ topic: string; secret?: string }> = defineSink({
    kind: {
      kind: 'KafkaSink',
      plural: 'kafkasinks',
      apiVersions: ['eventing.knative.dev/v1alpha1'],
      spec: { properties: { topic: { type: 'string' }, secret: { type: 'string' } } },
      conditions: ['ConnectionEstablished', 'TopicReady'],
      address: ({ topic }) => `kafka://k/${topic}`,
    },
    open: (context) => this.#open(context),
  })

  /** What is sent from now on waits for the latch. */
  hang(): Latch {
    this.#hanging = latch()
    return this.#hanging
  }

  #open({ spec, secret }: SinkContext<{ topic: string; secret?: string }>) {
    const { topic } = spec
    const password = spec.secret === undefined ? '' : secret(spec.secret, ['password'])['password']
    this.log.opened.push(topic)
    return {
      check: async () => {
        this.checks += 1
        return this.#with(this.failure, password)
      },
      send: async (events: readonly { readonly event: { readonly attributes: object } }[]) => {
        await this.#hanging?.open
        this.log.sent.push(
          events.map(({ event }) => `${topic} ${Object.keys(event.attributes).join()} ${password}`),
        )
        return events.map(() => this.#with(this.sendFailure ?? this.failure, password))
      },
      close: async () => {
        this.log.closed.push(topic)
      },
    }
  }

  #with(failure: SinkFailure | undefined, password: string | undefined): SinkFailure | undefined {
    return failure && { ...failure, message: `${failure.message} ${password}`.trim() }
  }
}

function manifest(spec: string): string {
  return `apiVersion: eventing.knative.dev/v1alpha1\nkind: KafkaSink\nmetadata: {name: k}\nspec: {${spec}}`
}

function secretOf(password: string): string {
  return `---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: ${password}, user: u}`
}

class Stage implements AsyncDisposable {
  readonly script = new Script()
  readonly clock = new TestClock()
  readonly logged: object[] = []
  readonly host: SinkHost
  #resources: readonly Resource[] = []

  constructor() {
    const say = (fields: object) => void this.logged.push(fields)
    this.host = new SinkHost({
      finder: { sinkOf: () => this.script.sink as DefinedSink },
      clock: this.clock,
      log: { debug: say, info: say, warn: say, error: say },
    })
  }

  async apply(text: string): Promise<void> {
    const kind = sinkKind(this.script.sink.kind as Parameters<typeof sinkKind>[0])
    const { resources } = await loadManifests(['-'], {
      env: {},
      stdin: async () => text,
      findSource: async () => kind,
    })
    this.#resources = resources
    this.host.apply(resources)
  }

  /** The conditions of the kind's own and `Ready`, as `type=status reason: message`. */
  get conditions(): string[] {
    const [resource] = this.#resources
    if (resource === undefined) return []
    const compiled = compile(this.#resources).statuses.get(resourceKey(resource)) ?? { conditions: [] }
    return this.host
      .statusOf(resource, compiled)
      .conditions.filter(({ type }) => type !== 'Addressable' && type !== 'EventPoliciesReady')
      .map(({ type, status, reason, message }) =>
        `${type}=${status} ${reason ?? ''}: ${message ?? ''}`.replace(/ : $/, ''),
      )
  }

  send(timeoutMs = 60_000): Promise<SinkResult> {
    const attributes = { specversion: '1.0', id: '1', source: '/s', type: 't', knativebrokerttl: 7 }
    return new Promise((resolve) =>
      this.host.send(
        {
          sink: '/default/k',
          event: { attributes, data: undefined, dataForm: 'binary' },
          headers: [],
          timeoutMs,
        },
        resolve,
      ),
    )
  }

  /** Goes on to the next look; → how long it was away, milliseconds. */
  async passPause(): Promise<number> {
    const { clock, script } = this
    await eventually(() => Number.isFinite(clock.next) && clock.next > clock.now())
    const [ms, { checks }] = [clock.next - clock.now(), script]
    clock.jump(clock.next)
    await eventually(() => script.checks === checks + 1)
    return ms
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host.stop()
  }
}

describe('a sink of the manifests', () => {
  test('is looked at when it comes, and says what holds', async () => {
    await using stage = new Stage()
    await stage.apply(manifest('topic: a'))
    await eventually(() =>
      expect(stage.conditions).toEqual(['ConnectionEstablished=True', 'Ready=True', 'TopicReady=True']),
    )
  })

  test('what it takes has no loop guard', async () => {
    await using stage = new Stage()
    await stage.apply(manifest('topic: a'))
    expect(await stage.send()).toEqual({ kind: 'sent' })
    expect(stage.script.log.sent).toEqual([['a specversion,id,source,type ']])
  })

  test('is looked at again while something fails, with pauses, and says which condition does', async () => {
    await using stage = new Stage()
    stage.script.failure = missing
    await stage.apply(manifest('topic: a'))
    await eventually(() =>
      expect(stage.conditions).toEqual([
        'ConnectionEstablished=True',
        'Ready=False TopicMissing: the topic is not there',
        'TopicReady=False TopicMissing: the topic is not there',
      ]),
    )
    const before = stage.logged.length
    const pauses = [await stage.passPause(), await stage.passPause()]
    expect(stage.script.checks).toBe(3)
    expect(stage.logged).toHaveLength(before)
    stage.script.failure = undefined
    pauses.push(await stage.passPause())
    expect(pauses).toEqual([1_000, 2_000, 4_000])
    await eventually(() => expect(stage.conditions).toContain('Ready=True'))
  })

  test('what comes behind a condition that fails is not known', async () => {
    await using stage = new Stage()
    stage.script.failure = { kind: 'unavailable', message: 'nobody is there', reason: 'Unreachable' }
    await stage.apply(manifest('topic: a'))
    await eventually(() =>
      expect(stage.conditions).toEqual([
        'ConnectionEstablished=False Unreachable: nobody is there',
        'Ready=False Unreachable: nobody is there',
        'TopicReady=Unknown NotKnown: ConnectionEstablished has to hold first',
      ]),
    )
  })

  test('a failure while sending is a condition too, until something is sent, or nothing is tried any more', async () => {
    await using stage = new Stage()
    const begun = stage.clock.now()
    await stage.apply(manifest('topic: a'))
    await eventually(() => expect(stage.conditions).toContain('Ready=True'))
    stage.script.sendFailure = missing
    expect(await stage.send()).toEqual({
      kind: 'failed',
      failure: 'unready',
      error: 'the topic is not there',
    })
    const failing = 'TopicReady=False TopicMissing: the topic is not there'
    expect(stage.conditions).toContain(failing)
    // to look does not show it
    await stage.passPause()
    expect(stage.conditions).toContain(failing)
    stage.script.sendFailure = undefined
    expect(await stage.send()).toEqual({ kind: 'sent' })
    expect(stage.conditions).toContain('Ready=True')
    stage.script.sendFailure = missing
    await stage.send()
    while (!stage.conditions.includes('Ready=True')) await stage.passPause()
    expect(stage.clock.now() - begun).toBeGreaterThan(30_000)
  })

  test.each([
    [{ kind: 'unavailable', message: 'x' }, 'connection'],
    [{ kind: 'unavailable', message: 'x', timeout: true }, 'timeout'],
    [{ kind: 'refused', message: 'x' }, 'refused'],
  ] as const)('%j is the failure %s', async (failure, code) => {
    await using stage = new Stage()
    await stage.apply(manifest('topic: a'))
    stage.script.sendFailure = failure
    expect(await stage.send()).toEqual({ kind: 'failed', failure: code, error: 'x' })
  })

  test('a sink that hangs is said to, when the first has had its time', async () => {
    await using stage = new Stage()
    await stage.apply(manifest('topic: a'))
    await eventually(() => expect(stage.conditions).toContain('Ready=True'))
    const hanging = stage.script.hang()
    expect(await stage.send(20)).toMatchObject({ failure: 'timeout' })
    expect(stage.conditions).toContain('Ready=False Timeout: timeout after 20 ms without an answer')
    hanging.countDown()
    await eventually(() => expect(stage.conditions).toContain('Ready=True'))
  })

  test('an event that is refused says nothing of the sink', async () => {
    await using stage = new Stage()
    await stage.apply(manifest('topic: a'))
    stage.script.sendFailure = { kind: 'refused', message: 'too large' }
    await stage.send()
    expect(stage.conditions).toContain('Ready=True')
  })

  test('waits for its Secret, and is opened anew when that changes; its values are nowhere', async () => {
    await using stage = new Stage()
    stage.script.failure = missing
    await stage.apply(manifest('topic: a, secret: s'))
    await eventually(() =>
      expect(stage.conditions).toContain(
        'ConnectionEstablished=False SecretMissing: secrets "s" not found, declare it in namespace default',
      ),
    )
    expect(await stage.send()).toMatchObject({ failure: 'unready' })
    await stage.apply(`${manifest('topic: a, secret: s')}\n${secretOf('hunter22')}`)
    await eventually(() => expect(stage.conditions).toContain('ConnectionEstablished=True'))
    expect(stage.conditions).toContain('TopicReady=False TopicMissing: the topic is not there ***')
    expect(JSON.stringify(stage.logged)).not.toContain('hunter22')
    await stage.apply(`${manifest('topic: a, secret: s')}\n${secretOf('hunter23')}`)
    await eventually(() => expect(stage.script.log.closed).toEqual(['a']))
    expect(stage.script.log.opened).toEqual(['a', 'a'])
  })

  test('is looked at now and then while all holds', async () => {
    await using stage = new Stage()
    const begun = stage.clock.now()
    await stage.apply(manifest('topic: a'))
    await eventually(() => expect(stage.conditions).toContain('Ready=True'))
    stage.script.failure = missing
    await eventually(() => Number.isFinite(stage.clock.next))
    stage.clock.jump(stage.clock.next)
    await stage.passPause()
    expect(stage.clock.now() - begun).toBeGreaterThan(30_000)
    expect(stage.conditions).toContain('TopicReady=False TopicMissing: the topic is not there')
  })

  test('goes on as it is where a reload leaves it alone, and ends when it is gone', async () => {
    await using stage = new Stage()
    await stage.apply(manifest('topic: a'))
    await stage.apply(manifest('topic: a'))
    expect(stage.script.log).toEqual({ opened: ['a'], closed: [], sent: [] })
    await stage.apply('apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: b}')
    await eventually(() => expect(stage.script.log.closed).toEqual(['a']))
    expect(await stage.send()).toEqual({
      kind: 'failed',
      failure: 'unready',
      error: 'there is no sink /default/k',
    })
  })

  test('is closed after what is under way', async () => {
    const stage = new Stage()
    await stage.apply(manifest('topic: a'))
    const done = latch()
    const sent = stage.send().finally(() => done.countDown())
    await stage.host.stop()
    expect(done.remaining).toBe(0)
    expect(await sent).toEqual({ kind: 'sent' })
    expect(stage.script.log.closed).toEqual(['a'])
  })
})
