import type { Attributes } from '../event/cloud-event.ts'
import type { Composition, Filter } from './filter.ts'
import { needsOfAll, needsOfAny, needsOfNot, nothingKnown } from './needs.ts'
import type { Needs } from './needs.ts'

/** What a trigger without filters has. */
export const everything: Filter = {
  matches: () => true,
  explain: () => ({ matched: true, clause: 'everything' }),
  text: 'everything',
  needs: nothingKnown,
}

/** Every part matches (dialect `all`, and several entries or items side by side). */
export function all(parts: readonly Filter[]): Filter {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only
  return composite({ kind: 'all', parts }, needsOfAll(parts.map((part) => part.needs)), (attributes) =>
    parts.every((part) => part.matches(attributes)),
  )
}

/** At least one part matches (dialect `any`). */
export function any(parts: readonly Filter[]): Filter {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only
  return composite({ kind: 'any', parts }, needsOfAny(parts.map((part) => part.needs)), (attributes) =>
    parts.some((part) => part.matches(attributes)),
  )
}

/** The part does not match (dialect `not`), which is also so where it lacks its attribute. */
export function not(part: Filter): Filter {
  return composite(
    { kind: 'not', parts: [part] },
    needsOfNot(part.needs),
    (attributes) => !part.matches(attributes),
  )
}

function composite(composition: Composition, needs: Needs, matches: Filter['matches']): Filter {
  const { kind, parts } = composition
  const text = `${kind} (${parts.map((part) => part.text).join(', ')})`
  const explain = (attributes: Attributes) => ({
    matched: matches(attributes),
    clause: text,
    kind,
    children: parts.map((part) => part.explain(attributes)),
  })
  return { matches, explain, text, needs, composition }
}
