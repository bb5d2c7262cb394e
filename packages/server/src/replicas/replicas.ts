import type { Resource } from '@millrace/resources'
import type { Member, RouteNumber, Storage } from '@millrace/storage'
import { differences, fingerprintOf, fingerprintsOf, type Fingerprints } from './fingerprints.ts'
import type { Peers } from './peers.ts'
import { isOfProcess, ProcessCards, type ProcessCard } from './process-cards.ts'
import { allTogether, isEventful, type RouteState, type RouteStates } from './route-state.ts'

/** Manifests that differ for so long are said to: a new version comes to one process after the other. */
const defaultPatienceMs = 60_000

export interface ReplicasOptions {
  readonly storage: Pick<
    Storage,
    'capabilities' | 'checkpoints' | 'health' | 'member' | 'members' | 'subscribe'
  >
  readonly peers: Peers
  readonly version: string
  readonly addresses: () => { readonly ingress: string; readonly admin: string }
  /** What this process does with its routes. */
  readonly states: () => Iterable<readonly [RouteNumber, RouteState]>
  readonly log: Record<'info' | 'warn' | 'error', (fields: object, message: string) => void>
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly patienceMs?: number
}

/** A process that works on the store. */
export interface SeenProcess {
  readonly member: Member
  readonly self: boolean
  /** Unknown: it has not said. */
  readonly card: ProcessCard | undefined
  /** Attempts under way; unknown: it does not answer. */
  readonly inFlight: number | undefined
}

/** In what the manifests of the processes differ. */
export interface ManifestDifference {
  /** Milliseconds since the epoch. */
  readonly since: number
  /** By the key of a resource: what is different, and where. */
  readonly byResource: ReadonlyMap<string, string>
}

/** This process and the others on the same store: who they are, what they do, and whether their manifests agree. */
export class Replicas {
  readonly #options: ReplicasOptions
  readonly #cards: ProcessCards
  #own: { readonly prints: Fingerprints; readonly at: number } = { prints: new Map(), at: 0 }
  #since: number | undefined
  #timer: NodeJS.Timeout | undefined
  #difference: ManifestDifference | undefined
  #count = 1
  #running: Promise<void> = Promise.resolve()
  #unsubscribe: (() => void) | undefined

  constructor(options: ReplicasOptions) {
    const { storage, peers, states } = options
    this.#options = options
    this.#cards = new ProcessCards(storage)
    peers.answer('routes', () => [...states()].filter(([, state]) => isEventful(state)))
    peers.answer('manifests', () => [...this.#own.prints])
  }

  /** In what the manifests differ, once they have for a while. */
  get difference(): ManifestDifference | undefined {
    return this.#difference
  }

  /** Shows this process to the others, and follows them. Alone on a store that others cannot use there is nothing to do. */
  start(): void {
    const { storage } = this.#options
    if (!storage.capabilities.shared) return
    this.#unsubscribe = storage.subscribe({
      members: () => this.#look(),
      checkpoint: (key) => {
        if (isOfProcess(key)) this.#look()
      },
      // the others may have taken it for dead, or the store was emptied
      health: ({ kind }) => {
        if (kind === 'ok') this.#show()
      },
    })
    this.#show()
  }

  /** These manifests are in force from now on. */
  apply(resources: readonly Resource[]): void {
    this.#own = { prints: fingerprintsOf(resources), at: this.#options.now() }
    if (this.#unsubscribe !== undefined) this.#show()
  }

  /** Takes its leave. */
  async stop(): Promise<void> {
    this.#unsubscribe?.()
    clearTimeout(this.#timer)
    await this.#running
    if (this.#unsubscribe !== undefined) await this.#cards.withdraw().catch(() => undefined)
  }

  /** What the other processes do with their routes, and who of them does not say. */
  async others(): Promise<{ readonly states: RouteStates; readonly silent: readonly Member[] }> {
    const { answers, silent } = await this.#options.peers.ask('routes')
    return { states: allTogether([...answers.values()].map(statesOf)), silent }
  }

  /** The living processes, those first that have been there for longest. */
  async processes(): Promise<readonly SeenProcess[]> {
    const { storage, peers, states } = this.#options
    const [members, others, { answers }] = await Promise.all([
      storage.members(),
      this.#cards.others(),
      peers.ask('routes'),
    ])
    const cards = new Map(others.map(({ member, card }) => [member.id, card]))
    return members.map((member) => {
      const self = member.id === storage.member
      const said = answers.get(member.id)
      const own = self ? new Map(states()) : said === undefined ? undefined : statesOf(said)
      return {
        member,
        self,
        card: self ? this.#card : cards.get(member.id),
        inFlight:
          own === undefined ? undefined : [...own.values()].reduce((sum, { inFlight }) => sum + inFlight, 0),
      }
    })
  }

  get #card(): ProcessCard {
    const { version, addresses } = this.#options
    return { version, ...addresses(), manifests: fingerprintOf(this.#own.prints), manifestsAt: this.#own.at }
  }

  #show(): void {
    this.#next(() => this.#cards.show(this.#card))
    this.#look()
  }

  #look(): void {
    this.#next(() => this.#compare())
  }

  /** One thing after the other. While the store is away nothing can be done: it begins anew when it is back. */
  #next(step: () => Promise<void>): void {
    const { log, storage } = this.#options
    this.#running = this.#running.then(step).catch((err: unknown) => {
      if (storage.health.kind !== 'ok') return
      log.error({ err }, 'the other processes could not be looked at')
    })
  }

  async #compare(): Promise<void> {
    const { log, now } = this.#options
    const others = await this.#cards.others()
    if (others.length + 1 !== this.#count) {
      this.#count = others.length + 1
      log.info(
        { processes: this.#count },
        'the processes that share the store are others now; --max-in-flight, in-flight, batches and circuits hold for each of them',
      )
    }
    const own = fingerprintOf(this.#own.prints)
    if (others.every(({ card }) => card === undefined || card.manifests === own)) return this.#agree()
    this.#since ??= now()
    // something has changed since it was said
    if (this.#difference !== undefined) return this.#report(this.#since)
    this.#reportLater()
  }

  #reportLater(): void {
    const { now, patienceMs = defaultPatienceMs } = this.#options
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#next(() => this.#report(this.#since ?? now()))
    }, patienceMs)
    this.#timer.unref()
  }

  #agree(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#since = undefined
    if (this.#difference === undefined) return
    this.#difference = undefined
    this.#options.log.info({}, 'the manifests of all processes on the store are the same again')
  }

  async #report(since: number): Promise<void> {
    const { answers } = await this.#options.peers.ask('manifests')
    const members = new Map((await this.#options.storage.members()).map((member) => [member.id, member]))
    const found = new Map<string, string[]>()
    for (const [id, prints] of answers) {
      const { host = '?', pid = 0 } = members.get(id) ?? {}
      for (const [key, what] of differences(this.#own.prints, new Map(prints as [string, string][]))) {
        const texts = found.get(key) ?? []
        texts.push(sentences[what](`process ${pid} on ${host}`))
        found.set(key, texts)
      }
    }
    const byResource = new Map([...found].toSorted(byKey).map(([key, texts]) => [key, texts.join('; ')]))
    const before = this.#difference
    // who differs has not answered
    if (byResource.size === 0) return this.#reportLater()
    this.#difference = { since, byResource }
    if (before !== undefined && noteOf(before).join() === noteOf(this.#difference).join()) return
    this.#options.log.warn(
      { since: new Date(since).toISOString(), differences: noteOf(this.#difference) },
      'the manifests of the processes on the store differ',
    )
  }
}

const mostNotes = 20

const sentences = {
  another: (there) => `${there} has another one`,
  'missing there': (there) => `${there} has none`,
  'missing here': (there) => `${there} has it, this process has not`,
} as const satisfies Record<string, (there: string) => string>

/** A line for each resource that differs, the first of them. */
export function noteOf({ byResource }: ManifestDifference): string[] {
  const lines = [...byResource].map(([key, text]) => `${key}: ${text}`)
  const more = lines.length - mostNotes
  return more > 0 ? [...lines.slice(0, mostNotes), `and ${more} more`] : lines
}

function statesOf(answer: unknown): RouteStates {
  return new Map(answer as [RouteNumber, RouteState][])
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}
