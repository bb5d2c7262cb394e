/** The keys that belong to one run of a process, or rather to one connection of it. */
export interface ProcessKeys {
  /** Stream: events whose deliveries are all leased by the process. */
  readonly log: string
  /** Hash: routes of the log's entries that are done. */
  readonly marks: string
  /** Set: deliveries outside the log that the process holds. */
  readonly claims: string
  /** Set: numbers of the routes of its topology. */
  readonly declared: string
  /** String that expires: the process lives. */
  readonly alive: string
  /** The log, once the process was taken for dead. */
  readonly taken: string
}

/** The names of a store's keys: all of them share one hash tag, so that every step of it can be one script. */
export class KeySpace {
  readonly prefix: string
  /** The channel on which processes tell one another what there is. */
  readonly channel: string

  constructor(store: string) {
    this.prefix = `m:{${store}}:`
    this.channel = this.of('news')
  }

  of(name: string): string {
    return this.prefix + name
  }

  process(name: string): ProcessKeys {
    return {
      log: this.of(`log:${name}`),
      marks: this.of(`marks:${name}`),
      claims: this.of(`claims:${name}`),
      declared: this.of(`declared:${name}`),
      alive: this.of(`alive:${name}`),
      taken: this.of(`taken:${name}`),
    }
  }
}
