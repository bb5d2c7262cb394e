import { script } from './command.ts'
import type { Argument, RedisCommand } from './command.ts'
import { isOver } from './leases.ts'
import type { Operation, ProcessName } from './operation.ts'
import { list, text } from './reply.ts'
import type { Reply } from './reply.ts'
import { failSettles } from './asked.ts'
import type { Asked } from './asked.ts'
import type { Store } from './store.ts'

/** Deliveries that are done, of which nothing follows: all of one turn of the loop in at most two commands. */
export class Finishes {
  readonly #store: Store
  #next: Finish | undefined

  constructor(store: Store) {
    this.#store = store
  }

  add(asked: Asked): void {
    if (this.#next === undefined || this.#next.isBuilt) {
      this.#next = new Finish(this.#store)
      this.#next.asked.push(asked)
      this.#store.session.submit(this.#next)
    } else this.#next.asked.push(asked)
  }
}

class Finish implements Operation {
  readonly #store: Store
  readonly asked: Asked[] = []
  isBuilt = false
  /** How many events leave the log whole, by a plain XDEL. */
  #whole = 0

  constructor(store: Store) {
    this.#store = store
  }

  commands({ keys }: ProcessName): readonly RedisCommand[] {
    this.isBuilt = true
    const { leases } = this.#store
    const whole: string[] = []
    const args: Argument[] = []
    for (const [event, routes] of this.#byEvent()) {
      const held = routes.map(() => leases.made(event)).at(-1)
      const isLast = held !== undefined && isOver(held)
      if (held?.place === 'log' && isLast && !held.isMarked && held.counted === 0) whole.push(event)
      else {
        const place = held?.place ?? 'outside'
        args.push(place, event, routes.join(' '), isLast ? 1 : 0, held?.owner ?? '', held?.counted ?? 0)
        if (held !== undefined) held.isMarked = true
      }
    }
    this.#whole = whole.length
    const commands: RedisCommand[] = []
    if (whole.length > 0) commands.push({ name: 'xdel', args: [keys.log, ...whole] })
    if (args.length > 0)
      commands.push(script('finish', [keys.log, keys.marks, keys.claims], [this.#store.keys.prefix, ...args]))
    return commands
  }

  answered(replies: readonly Reply[]): void {
    const failed = replies.find((reply) => reply.kind === 'error')
    const [first] = replies
    if (failed?.kind === 'error') failSettles(this.#store, this.asked, failed.error)
    else if (this.#whole > 0 && first?.kind === 'value' && Number(first.value) !== this.#whole) {
      // some were not there: the log is another's by now, and only the store can say what is whose
      this.away(true)
      this.#store.session.lose('FENCED this process was taken for dead')
    } else {
      for (const { resolve } of this.asked) resolve({ kind: 'settled', appends: [] })
      const last = replies.at(-1)
      if (last?.kind === 'value') this.#store.wake(list(last.value).map((route) => Number(text(route))))
    }
  }

  away(sent: boolean): void {
    this.isBuilt = true
    for (const asked of this.asked) this.#isUnsure(asked, sent)
  }

  #byEvent(): ReadonlyMap<string, readonly number[]> {
    const byEvent = new Map<string, number[]>()
    for (const { event, route } of this.asked) {
      const routes = byEvent.get(event)
      if (routes === undefined) byEvent.set(event, [route])
      else routes.push(route)
    }
    return byEvent
  }

  #isUnsure(asked: Asked, sent: boolean): void {
    const { unsure, session } = this.#store
    unsure.settles.push({
      ...asked,
      sent,
      appended: [],
      again: () => {
        const again = new Finish(this.#store)
        again.asked.push(asked)
        session.submit(again)
      },
      done: () => asked.resolve({ kind: 'settled', appends: [] }),
      stale: () => asked.resolve({ kind: 'stale' }),
    })
  }
}
