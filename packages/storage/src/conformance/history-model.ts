import type { RouteNumber } from '../storage.ts'

/** What the model knows of one delivery. */
interface Known {
  readonly text: string
  readonly route: RouteNumber
  readonly key: string | undefined
  due: number
  attempts: number
  state: 'waiting' | 'leased' | 'parked'
}

/**
 * The simplest store there is: a list. It says what may be claimed, and complains of everything that is
 * delivered twice at a time, after it was done, out of order, or not at all.
 */
export class HistoryModel {
  /** In the order of appends. */
  #deliveries: Known[] = []
  deadLetters: string[] = []

  append(text: string, route: RouteNumber, due: number, key: string | undefined, leased: boolean): void {
    this.#deliveries.push({ text, route, key, due, attempts: 0, state: leased ? 'leased' : 'waiting' })
  }

  /** All that may be out now: due, and the first of its key. */
  claimable(route: RouteNumber, now: number): Known[] {
    return this.#free(route)
      .filter(({ due }) => due <= now)
      .toSorted((x, y) => x.due - y.due)
  }

  nextDue(route: RouteNumber): number | undefined {
    const dues = this.#free(route).map(({ due }) => due)
    return dues.length === 0 ? undefined : Math.min(...dues)
  }

  lease(text: string, route: RouteNumber): void {
    this.#find(text, route).state = 'leased'
  }

  release(text: string, route: RouteNumber): void {
    this.#find(text, route).state = 'waiting'
  }

  done(text: string, route: RouteNumber): void {
    const gone = this.#find(text, route)
    this.#deliveries = this.#deliveries.filter((each) => each !== gone)
  }

  retry(text: string, route: RouteNumber, due: number): void {
    const known = this.#find(text, route)
    Object.assign(known, { due, attempts: known.attempts + 1, state: 'waiting' })
  }

  park(text: string, route: RouteNumber): void {
    const known = this.#find(text, route)
    Object.assign(known, { attempts: known.attempts + 1, state: 'parked' })
  }

  /** In the order in which they were appended. */
  parked(): readonly { readonly text: string; readonly route: RouteNumber; readonly key: string }[] {
    return this.#deliveries.flatMap(({ text, route, key, state }) =>
      state === 'parked' && key !== undefined ? { text, route, key } : [],
    )
  }

  unpark(text: string, route: RouteNumber, now: number): void {
    Object.assign(this.#find(text, route), { due: now, attempts: 0, state: 'waiting' })
  }

  /** All that is not leased, in the order of appends. */
  idle(): readonly { readonly text: string; readonly route: RouteNumber }[] {
    return this.#deliveries.filter(({ state }) => state !== 'leased')
  }

  attempts(text: string, route: RouteNumber): number {
    return this.#find(text, route).attempts
  }

  /** The process has died. */
  loseLeases(): void {
    for (const each of this.#deliveries) if (each.state === 'leased') each.state = 'waiting'
  }

  unsettled(route: RouteNumber): number {
    return this.#deliveries.filter((each) => each.route === route).length
  }

  #free(route: RouteNumber): Known[] {
    const ofRoute = this.#deliveries.filter((each) => each.route === route)
    const isHead = (each: Known): boolean => ofRoute.find(({ key }) => key === each.key) === each
    return ofRoute.filter((each) => each.state === 'waiting' && (each.key === undefined || isHead(each)))
  }

  #find(text: string, route: RouteNumber): Known {
    const found = this.#deliveries.find((each) => each.text === text && each.route === route)
    if (found === undefined) throw new Error(`${text} was delivered to route ${route} after it was done`)
    return found
  }
}
