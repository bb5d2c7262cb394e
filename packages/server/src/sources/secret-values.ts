import type { Resource } from '@millrace/resources'
import { SourceError, type SecretKeySelector } from '@millrace/source-sdk'

const retryMs = 2_000
const blackened = '***'

/** The Secrets of the manifests, as sources ask for them. */
export class SecretValues {
  readonly #data: Map<string, Readonly<Record<string, unknown>>> = new Map<
    string,
    Readonly<Record<string, unknown>>
  >()

  /** @param before values that hold where these have none */
  constructor(resources: readonly Resource[], before?: SecretValues) {
    if (before !== undefined) this.#data = new Map(before.#data)
    for (const { kind, metadata, spec } of resources)
      if (kind === 'Secret')
        this.#data.set(`${metadata.namespace}/${metadata.name}`, spec['data'] as Record<string, unknown>)
  }

  /** The lines of a value, of which one that is a JSON object (a file of keys) is one; undefined where there is none. */
  find(namespace: string, { secretKeyRef }: SecretKeySelector): readonly [string, ...string[]] | undefined {
    const value = this.#data.get(`${namespace}/${secretKeyRef.name}`)?.[secretKeyRef.key]
    if (typeof value !== 'string') return undefined
    if (jsonObject(value) !== undefined) return [value.trim()]
    const [first, ...others] = value.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))
    return first === undefined ? undefined : [first, ...others]
  }

  /** All values of a Secret as they are; undefined where there is no such Secret. */
  all(namespace: string, name: string): Readonly<Record<string, string>> | undefined {
    return this.#data.get(`${namespace}/${name}`) as Readonly<Record<string, string>> | undefined
  }

  missing(namespace: string, { secretKeyRef: { name, key } }: SecretKeySelector): SourceError {
    const data = this.#data.get(`${namespace}/${name}`)
    if (data === undefined) return this.absent(namespace, name)
    return secretMissing(
      typeof data[key] === 'string'
        ? `key "${key}" of secrets "${name}" is empty, put a value there`
        : `secrets "${name}" has no key "${key}", add it`,
    )
  }

  absent(namespace: string, name: string): SourceError {
    return secretMissing(`secrets "${name}" not found, declare it in namespace ${namespace}`)
  }
}

function secretMissing(message: string): SourceError {
  return SourceError.retryable(message, { reason: 'SecretMissing', afterMs: retryMs })
}

/** Blackens values of Secrets wherever they turn up: as they are, and as URLs, headers and JSON hold them. */
export class Blackening {
  readonly #values = new Set<string>()

  add(values: readonly string[]): void {
    for (const value of values.flatMap((each) => [each, ...secretMembers(each)])) {
      this.#values.add(value).add(JSON.stringify(value).slice(1, -1))
      // a lone surrogate has no form in a URL
      this.#values.add(encodeURIComponent(value.toWellFormed()))
      this.#values.add(Buffer.from(value).toString('base64').replace(/=+$/, ''))
    }
  }

  text(text: string): string {
    let result = text
    // longest first: one may be a part of another
    for (const value of [...this.#values].toSorted((left, right) => right.length - left.length))
      result = result.replaceAll(value, blackened)
    return result
  }

  /** The same for all texts inside; errors become what a log shows of them. */
  value(value: unknown, depth = 6): unknown {
    if (typeof value === 'string') return this.text(value)
    if (typeof value !== 'object' || value === null) return value
    if (depth === 0) return '…'
    if (value instanceof Error) {
      const { name, message, stack = '', cause } = value
      const shown = { type: name, message: this.text(message), stack: this.text(stack) }
      return cause === undefined ? shown : { ...shown, cause: this.value(cause, depth - 1) }
    }
    if (Array.isArray(value)) return value.map((each) => this.value(each, depth - 1))
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [this.text(key), this.value(each, depth - 1)]),
    )
  }
}

/** What a file of keys keeps secret, by the names of its members: an account's name beside it is none. */
function secretMembers(value: string): string[] {
  return Object.entries(jsonObject(value) ?? {}).flatMap(([name, member]) =>
    /key|secret|token/i.test(name) && typeof member === 'string' && member !== '' ? [member] : [],
  )
}

function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.trimStart().startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}
