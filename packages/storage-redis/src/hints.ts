import type { RouteNumber } from '@millrace/storage'
import { newsText } from './news.ts'
import { publish } from './presence.ts'
import type { Presence } from './presence.ts'
import type { Store } from './store.ts'

const atMostEveryMs = 100

/** Tells the other processes that something waits which they may have room for, a few times a second at most. */
export class Hints {
  readonly #store: Store
  readonly #presence: Presence
  readonly #routes = new Set<RouteNumber>()
  #timer: NodeJS.Timeout | undefined

  constructor(store: Store, presence: Presence) {
    this.#store = store
    this.#presence = presence
  }

  waits(routes: Iterable<RouteNumber>): void {
    if (this.#presence.isAlone) return
    for (const route of routes) this.#routes.add(route)
    if (this.#routes.size === 0 || this.#timer !== undefined) return
    this.#timer = setTimeout(() => this.#tell(), atMostEveryMs)
    this.#timer.unref()
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  #tell(): void {
    this.#timer = undefined
    const wake = [...this.#routes]
    this.#routes.clear()
    publish(this.#store, newsText({ from: this.#store.member, wake }))
  }
}
