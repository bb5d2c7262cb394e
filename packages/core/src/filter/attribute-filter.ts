import type { Attributes } from '../event/cloud-event.ts'
import { attributeText } from './attribute-text.ts'
import type { Explanation, Filter } from './filter.ts'
import { needsOf } from './needs.ts'
import type { Needs } from './needs.ts'

/** The attribute has this value (Subscriptions API, dialect `exact`); a missing one fails. */
export function exact(attribute: string, value: string): Filter {
  const clause = `exact ${attribute} = ${JSON.stringify(value)}`
  return onAttribute(attribute, clause, (text) => text === value, needsOf('exact', attribute, value))
}

/** The attribute begins so, case-sensitively (dialect `prefix`). */
export function prefix(attribute: string, value: string): Filter {
  const clause = `prefix ${attribute} = ${JSON.stringify(value)}`
  return onAttribute(attribute, clause, (text) => text.startsWith(value), needsOf('prefix', attribute, value))
}

/** The attribute ends so, case-sensitively (dialect `suffix`). */
export function suffix(attribute: string, value: string): Filter {
  const clause = `suffix ${attribute} = ${JSON.stringify(value)}`
  return onAttribute(attribute, clause, (text) => text.endsWith(value), needsOf('suffix', attribute, value))
}

/** Knative's `filter.attributes` with `""`: the attribute is there and not empty. */
export function presentAndNotEmpty(attribute: string): Filter {
  return onAttribute(
    attribute,
    `${attribute} is present`,
    (text) => text !== '',
    needsOf('present', attribute),
  )
}

function onAttribute(name: string, text: string, test: (value: string) => boolean, needs: Needs): Filter {
  function matches(attributes: Attributes): boolean {
    const value = attributeText(attributes, name)
    return value !== undefined && test(value)
  }
  function explain(attributes: Attributes): Explanation {
    const value = attributeText(attributes, name)
    return { matched: matches(attributes), clause: text, ...(value !== undefined && { value }) }
  }
  return { matches, explain, text, needs }
}
