/** A moment, by a clock that never jumps and by one that goes on while a machine sleeps. */
export interface Moment {
  readonly monotonic: number
  readonly wall: number
}

export function thisMoment(): Moment {
  return { monotonic: performance.now(), wall: Date.now() }
}

/** How long ago this process last said that it lives: what it holds is surely its own for a while from then on. */
export class LeaseAge {
  readonly #mostMs: number
  #renewed: Moment = { monotonic: -Infinity, wall: -Infinity }

  constructor(mostMs: number) {
    this.#mostMs = mostMs
  }

  /** It was said after `before`, and has been heard. */
  renewed(before: Moment): void {
    this.#renewed = before
  }

  get isYoung(): boolean {
    const { monotonic, wall } = this.#renewed
    return performance.now() - monotonic < this.#mostMs && Date.now() - wall < this.#mostMs
  }
}
