import type { Attributes } from '../event/cloud-event.ts'
import { attributeText } from '../filter/attribute-text.ts'

/**
 * The key of an event on a route that is ordered by these attributes: their values joined by commas, a
 * missing one of several empty. None: the event lacks all of them, and is not ordered.
 */
export function orderingKey(attributes: Attributes, orderedBy: readonly string[]): string | undefined {
  const values = orderedBy.map((name) => attributeText(attributes, name))
  return values.every((value) => value === undefined)
    ? undefined
    : values.map((value) => value ?? '').join(',')
}
