import { isAlias, isMap, isScalar, isSeq } from 'yaml'
import type { Alias, Node, Pair, YAMLMap, YAMLSeq } from 'yaml'
import { below } from './path.ts'

/** A map as read: no prototype, so that a key such as `constructor` is only ever what the file says. */
export type PlainMap = Record<string, unknown>

/** Deeper is no manifest that anyone wrote, and a cycle of aliases always is. */
const DEEPEST = 64

/** Nodes that aliases may stand for in one document (against "billion laughs"). */
const MOST_ALIASED = 100_000

/** Something wrong in the YAML that its parser lets pass. */
export interface YamlProblem {
  readonly line: number
  readonly path: string
  readonly message: string
}

/** Turns one document's nodes into plain values, and remembers the line of every path. */
export class PlainReader {
  readonly lines = new Map<string, number>()
  readonly problems: YamlProblem[] = []
  readonly #lineAt: (offset: number) => number
  readonly #anchors = new Map<string, Node>()
  #aliased = 0

  constructor(lineAt: (offset: number) => number) {
    this.#lineAt = lineAt
  }

  read(root: Node | null): unknown {
    this.lines.set('', this.#lineOf(root) ?? 1)
    return this.#value(root, { path: '', depth: 0, aliased: false })
  }

  #value(node: unknown, place: Place): unknown {
    if (place.depth > DEEPEST) return this.#refuse(node, place, `is nested deeper than ${DEEPEST} levels`)
    if (place.aliased && ++this.#aliased > MOST_ALIASED) {
      if (this.#aliased > MOST_ALIASED + 1) return undefined
      return this.#refuse(node, place, `aliases stand for more than ${MOST_ALIASED} values here`)
    }
    if (isAlias(node)) return this.#alias(node, place)
    if (isMap(node)) return this.#map(this.#anchored(node), place)
    if (isSeq(node)) return this.#list(this.#anchored(node), place)
    return isScalar(node) ? this.#anchored(node).value : null
  }

  #map(node: YAMLMap, place: Place): PlainMap {
    const map: PlainMap = Object.create(null)
    const merged: Pair[] = []
    for (const pair of node.items) {
      const key = keyOf(pair)
      if (key === '<<' && isScalar(pair.key) && pair.key.type === 'PLAIN') {
        merged.push(pair)
        continue
      }
      const inner = { ...place, path: below(place.path, key), depth: place.depth + 1 }
      const line = this.#lineOf(pair.key) ?? this.#lineOf(pair.value) ?? this.lines.get(place.path) ?? 1
      if (key in map) {
        const message = `is here twice, first on line ${this.lines.get(inner.path) ?? line}, keep one`
        this.problems.push({ line, path: inner.path, message })
        continue
      }
      if (!place.aliased || !this.lines.has(inner.path)) this.lines.set(inner.path, line)
      map[key] = this.#value(pair.value, inner)
    }
    for (const pair of merged) this.#merge(map, pair, place)
    return map
  }

  /** `<<: *base` (YAML 1.1, as Kubernetes reads it): keys that the map has itself win. */
  #merge(map: PlainMap, pair: Pair, place: Place): void {
    const value = this.#value(pair.value, { ...place, depth: place.depth + 1 })
    const sources: unknown[] = Array.isArray(value) ? value : [value]
    for (const source of sources) {
      if (typeof source !== 'object' || source === null || Array.isArray(source)) {
        this.#refuse(pair.key, { ...place, path: below(place.path, '<<') }, 'merges what is no map')
        return
      }
      for (const [key, inner] of Object.entries(source)) if (!(key in map)) map[key] = inner
    }
  }

  #list(node: YAMLSeq, place: Place): unknown[] {
    return node.items.map((item, index) => {
      const inner = { ...place, path: below(place.path, index), depth: place.depth + 1 }
      this.lines.set(inner.path, this.#lineOf(item) ?? this.lines.get(place.path) ?? 1)
      return this.#value(item, inner)
    })
  }

  #alias(node: Alias, place: Place): unknown {
    const target = this.#anchors.get(node.source)
    if (target === undefined) {
      return this.#refuse(node, place, `*${node.source} has no anchor &${node.source} before it`)
    }
    return this.#value(target, { ...place, depth: place.depth + 1, aliased: true })
  }

  #anchored<T extends Node & { anchor?: string }>(node: T): T {
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node)
    return node
  }

  #refuse(node: unknown, { path }: Place, message: string): undefined {
    this.problems.push({ line: this.#lineOf(node) ?? this.lines.get(path) ?? 1, path, message })
  }

  #lineOf(node: unknown): number | undefined {
    const range = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : undefined
    return range ? this.#lineAt(range[0]) : undefined
  }
}

interface Place {
  readonly path: string
  readonly depth: number
  readonly aliased: boolean
}

/** The text of a key. The parser has refused keys that are no scalars. */
function keyOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : String(key)
}
