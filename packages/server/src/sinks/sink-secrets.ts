import type { SinkContext } from '@millrace/source-sdk'
import type { Blackening, SecretValues } from '../sources/secret-values.ts'

/** The Secrets that one sink has asked for. */
export class SinkSecrets {
  readonly #namespace: string
  readonly #secrets: () => SecretValues
  readonly #blackening: Blackening
  readonly #asked = new Map<string, string>()

  constructor(namespace: string, secrets: () => SecretValues, blackening: Blackening) {
    this.#namespace = namespace
    this.#secrets = secrets
    this.#blackening = blackening
  }

  readonly ask: SinkContext<object>['secret'] = (name, hidden) => {
    const secrets = this.#secrets()
    const values = secrets.all(this.#namespace, name)
    this.#asked.set(name, JSON.stringify(values))
    if (values === undefined) throw secrets.absent(this.#namespace, name)
    const secret = hidden.flatMap((key) => {
      const value = values[key]?.trim() ?? ''
      // of a key or a certificate each line, too: that is how they turn up
      return value === '' ? [] : [value, ...value.split('\n').filter((line) => line.length > 8)]
    })
    this.#blackening.add(secret)
    return values
  }

  /** Whether one of them has other values now. */
  get haveChanged(): boolean {
    const now = this.#secrets()
    return [...this.#asked].some(([name, got]) => got !== JSON.stringify(now.all(this.#namespace, name)))
  }
}
