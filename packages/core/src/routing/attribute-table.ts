import type { Condition } from '../filter/needs.ts'

/** What is kept under one condition. */
export type Bucket<T> = Set<T>

/** What is to be looked at for the values of one attribute. */
export class AttributeTable<T> {
  readonly #exact = new Map<string, Bucket<T>>()
  /** By length, so that a value is cut once for each length that there is. */
  readonly #prefixes = new Map<number, Map<string, Bucket<T>>>()
  /** Suffixes too. */
  readonly #present: Bucket<T> = new Set()

  get isEmpty(): boolean {
    return this.#exact.size === 0 && this.#prefixes.size === 0 && this.#present.size === 0
  }

  bucket({ kind, value }: Condition): Bucket<T> | undefined {
    if (kind === 'exact') return this.#exact.get(value)
    return kind === 'prefix' ? this.#prefixes.get(value.length)?.get(value) : this.#present
  }

  add(condition: Condition, item: T): void {
    const bucket = this.bucket(condition)
    if (bucket === undefined) this.#create(condition, item)
    else bucket.add(item)
  }

  delete(condition: Condition, item: T): void {
    const bucket = this.bucket(condition)
    bucket?.delete(item)
    if (bucket?.size === 0) this.#drop(condition)
  }

  /** Visits what stands under a condition that a value meets; an item may be visited more than once. */
  visit(text: string, visitor: (item: T) => void): void {
    for (const item of this.#present) visitor(item)
    const exact = this.#exact.get(text)
    if (exact !== undefined) for (const item of exact) visitor(item)
    for (const [length, buckets] of this.#prefixes) {
      const bucket = length <= text.length ? buckets.get(text.slice(0, length)) : undefined
      if (bucket !== undefined) for (const item of bucket) visitor(item)
    }
  }

  #create({ kind, value }: Condition, item: T): void {
    if (kind === 'exact') {
      this.#exact.set(value, new Set([item]))
      return
    }
    const buckets = this.#prefixes.get(value.length) ?? new Map<string, Bucket<T>>()
    buckets.set(value, new Set([item]))
    this.#prefixes.set(value.length, buckets)
  }

  #drop({ kind, value }: Condition): void {
    if (kind === 'exact') this.#exact.delete(value)
    const buckets = kind === 'prefix' ? this.#prefixes.get(value.length) : undefined
    buckets?.delete(value)
    if (buckets?.size === 0) this.#prefixes.delete(value.length)
  }
}
