/** Something about one attribute. A table can be keyed by all but a suffix, which it takes as `present`. */
export interface Condition {
  readonly kind: 'exact' | 'prefix' | 'suffix' | 'present'
  readonly attribute: string
  /** The value, the prefix or the suffix; empty for `present`. */
  readonly value: string
}

/** At least one of these conditions holds. An empty cover: nothing can meet it. */
export type Cover = readonly Condition[]

/**
 * Necessary conditions of a filter's two outcomes: every cover of `toMatch` is met by every event that
 * matches, every cover of `toFail` by every event that does not. No cover: nothing is known.
 */
export interface Needs {
  readonly toMatch: readonly Cover[]
  readonly toFail: readonly Cover[]
}

/** Covers kept for one filter: more cost memory and make no better choice. */
const MOST_COVERS = 8

export const nothingKnown: Needs = { toMatch: [], toFail: [] }

export function needsOf(kind: Condition['kind'], attribute: string, value = ''): Needs {
  return { toMatch: [[{ kind, attribute, value }]], toFail: [] }
}

/** Needs of a conjunction; its failure is the failure of at least one part. */
export function needsOfAll(parts: readonly Needs[]): Needs {
  return {
    toMatch: both(parts.map((part) => part.toMatch)),
    toFail: either(parts.map((part) => part.toFail)),
  }
}

export function needsOfAny(parts: readonly Needs[]): Needs {
  return {
    toMatch: either(parts.map((part) => part.toMatch)),
    toFail: both(parts.map((part) => part.toFail)),
  }
}

export function needsOfNot(part: Needs): Needs {
  return { toMatch: part.toFail, toFail: part.toMatch }
}

/** Whether no event can match: what `validate` warns of. */
export function canNeverMatch(needs: Needs): boolean {
  return needs.toMatch.some((cover) => cover.length === 0)
}

/** What holds when every one of these groups of covers holds. */
function both(groups: readonly (readonly Cover[])[]): readonly Cover[] {
  const values = new Map<string, Cover>()
  const others: Cover[] = []
  for (const cover of groups.flat()) {
    const attribute = onlyAttribute(cover)
    const sofar = attribute === undefined ? undefined : values.get(attribute)
    const joined = sofar === undefined ? cover : intersection(sofar, cover)
    if (attribute !== undefined && joined !== undefined) values.set(attribute, joined)
    else others.push(cover)
  }
  return [...values.values(), ...others].toSorted(bySelectivity).slice(0, MOST_COVERS)
}

/** What holds when at least one of these groups holds: the best cover of each, put together. */
function either(groups: readonly (readonly Cover[])[]): readonly Cover[] {
  const union: Condition[] = []
  for (const covers of groups) {
    const [best] = covers.toSorted(bySelectivity)
    if (best === undefined) return []
    union.push(...best)
  }
  return [distinct(union)]
}

/** The one attribute that a cover is about. An empty cover is about any: nothing can be added to it. */
function onlyAttribute(cover: Cover): string | undefined {
  const attribute = cover[0]?.attribute
  return cover.every((condition) => condition.attribute === attribute) ? attribute : undefined
}

/** Conditions to be compared one with each of the others; more are left as they are. */
const MOST_COMPARED = 4_096

/**
 * What one value must meet that meets both covers of its attribute: of an exact value and a prefix of it
 * the value, of two prefixes the longer, of a prefix and a suffix the prefix. Nothing left: no value can. Undefined: too many to tell.
 */
function intersection(left: Cover, right: Cover): Cover | undefined {
  if (isExact(left) && isExact(right)) {
    const values = new Set(right.map((condition) => condition.value))
    return left.filter((condition) => values.has(condition.value))
  }
  if (left.length * right.length > MOST_COMPARED) return undefined
  return distinct(left.flatMap((one) => right.flatMap((other) => stricter(one, other) ?? [])))
}

function isExact(cover: Cover): boolean {
  return cover.every(({ kind }) => kind === 'exact')
}

/** What a value meets that meets both conditions; undefined: none does. */
function stricter(left: Condition, right: Condition): Condition | undefined {
  if (implies(left, right)) return left
  if (implies(right, left)) return right
  if (left.kind === 'prefix' && right.kind === 'suffix') return left
  return left.kind === 'suffix' && right.kind === 'prefix' ? right : undefined
}

/** Whether what meets one condition meets the other too. */
function implies(one: Condition, other: Condition): boolean {
  switch (other.kind) {
    case 'present':
      return true
    case 'prefix':
      return (one.kind === 'exact' || one.kind === 'prefix') && one.value.startsWith(other.value)
    case 'suffix':
      return (one.kind === 'exact' || one.kind === 'suffix') && one.value.endsWith(other.value)
    case 'exact':
      return one.kind === 'exact' && one.value === other.value
  }
}

function distinct(conditions: readonly Condition[]): Cover {
  const seen = new Map(conditions.map((condition) => [Object.values(condition).join('\0'), condition]))
  return [...seen.values()]
}

function bySelectivity(left: Cover, right: Cover): number {
  return weightOf(left) - weightOf(right)
}

function weightOf(cover: Cover): number {
  return cover.reduce((sum, condition) => sum + weight(condition), 0)
}

/** How many events a condition lets through, roughly and relative to one exact type. */
export function weight(condition: Condition): number {
  if (commonAttributes.has(condition.attribute)) return 64
  return condition.attribute === 'type' ? weights[condition.kind] : weights[condition.kind] * 1.5
}

const weights = { exact: 1, prefix: 4, suffix: 32, present: 32 }

/** Attributes that have one and the same value in most events. */
const commonAttributes = new Set(['specversion', 'datacontenttype', 'dataschema'])
