import { withReady, type Condition, type ResourceStatus } from '@millrace/resources'

export interface ConditionOptions {
  /** The kind's own, in the order of life. */
  readonly types: readonly string[]
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly changed: (condition: Condition) => void
}

/** The part of a source's status that is found out while it runs. */
export class LiveConditions {
  readonly #options: ConditionOptions
  readonly #conditions = new Map<string, Condition>()
  #fields: Readonly<Record<string, unknown>> = {}

  constructor(options: ConditionOptions) {
    this.#options = options
  }

  /** Takes over what was known before a restart of the source. */
  inherit(before: LiveConditions): void {
    for (const type of this.#options.types) {
      const known = before.#conditions.get(type)
      if (known !== undefined) this.#conditions.set(type, known)
    }
    this.#fields = before.#fields
  }

  condition(type: string, status: Condition['status'], reason?: string, message?: string): void {
    const known = this.#conditions.get(type)
    if (known?.status === status && known.reason === reason && known.message === message) return
    const since =
      known?.status === status ? known.lastTransitionTime : new Date(this.#options.now()).toISOString()
    const condition: Condition = {
      type,
      status,
      ...(reason !== undefined && { reason }),
      ...(message !== undefined && { message }),
      ...(since !== undefined && { lastTransitionTime: since }),
    }
    this.#conditions.set(type, condition)
    if (known?.status !== status || known.reason !== reason) this.#options.changed(condition)
  }

  set(fields: Readonly<Record<string, unknown>>): void {
    const all = Object.entries({ ...this.#fields, ...fields })
    this.#fields = Object.fromEntries(all.filter(([, value]) => value !== undefined))
  }

  /** The status that was compiled with what is known beyond it. `Ready` is the conjunction, whoever found out what. */
  over(compiled: ResourceStatus): ResourceStatus {
    const conditions = compiled.conditions.filter(({ type }) => type !== 'Ready')
    const known = conditions.map((condition) => this.#conditions.get(condition.type) ?? condition)
    const own = this.#options.types.map((type) => known.find((condition) => condition.type === type))
    const others = known.filter(({ type }) => !this.#options.types.includes(type))
    // Ready names the first that fails: what is wrong with the sink comes before what is wrong upstream
    return {
      ...this.#fields,
      ...compiled,
      conditions: withReady([...others, ...own.filter((each) => each !== undefined)]),
    }
  }
}
