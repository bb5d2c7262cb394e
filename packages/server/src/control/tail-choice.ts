import { compileFilter, FilterError, type EventRecord, type Filter } from '@millrace/core'
import { isNamed } from './route-identity.ts'

/** The words of a request for `tail`; all that are given must hold. */
export type TailQuery = Readonly<
  Partial<Record<'broker' | 'trigger' | 'type' | 'id' | 'filter' | 'why' | 'rejected', string>>
>

/** What a step is about, as far as a reader chooses by it. */
export interface TailSubject {
  /** Path of the addressable, of a part of a flow that of the flow. */
  readonly addressable: string
  readonly record: EventRecord | undefined
  readonly route?: { readonly namespace: string; readonly name: string }
}

/** What one reader wants to see. */
export interface TailChoice {
  readonly why: boolean
  readonly rejected: boolean
  wants(subject: TailSubject): boolean
}

/**
 * Reads a request for `tail`; a string says what is wrong with it. With `trigger` only what concerns one
 * trigger is wanted: attempts and ends of deliveries.
 */
export function tailChoice({
  broker,
  trigger,
  type,
  id,
  filter,
  why,
  rejected,
}: TailQuery): TailChoice | string {
  const expression = filter === undefined ? undefined : compiled(filter)
  if (typeof expression === 'string') return expression
  return {
    why: isSet(why),
    rejected: isSet(rejected),
    wants({ addressable, record, route }) {
      if (broker !== undefined && !isAt(addressable, broker)) return false
      if (trigger !== undefined && (route === undefined || !isNamed(route, trigger))) return false
      if (type === undefined && id === undefined && expression === undefined) return true
      if (record === undefined) return false
      const { attributes } = record.event
      return (
        (type === undefined || attributes['type'] === type) &&
        (id === undefined || attributes['id'] === id) &&
        (expression === undefined || expression.matches(attributes))
      )
    },
  }
}

function compiled(cesql: string): Filter | string {
  try {
    return compileFilter({ filters: [{ cesql }] })
  } catch (err) {
    if (!(err instanceof FilterError)) throw err
    return `filter ${err.problem}, expected ${err.expected}`
  }
}

/** `NAME`, `NAMESPACE/NAME` or the path itself. */
function isAt(path: string, words: string): boolean {
  const [, namespace = '', name = ''] = path.split('/')
  return isNamed({ namespace, name }, words.replace(/^\//, ''))
}

function isSet(word: string | undefined): boolean {
  return word !== undefined && word !== 'false'
}
