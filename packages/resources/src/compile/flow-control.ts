import type { Addressable, FlowControl } from '@millrace/core'
import { parseDuration } from '@millrace/core'
import { archiveOf } from '../annotations/archive-values.ts'
import {
  BATCH,
  CIRCUIT,
  DELAY,
  DUE_FROM,
  KAFKA_ORDER,
  ON_FAILURE,
  ORDERED_BY,
  RATE,
} from '../annotations/flow-annotations.ts'
import { attributeNamesOf, batchOf, circuitOf, delayOf, rateOf } from '../annotations/flow-values.ts'
import { DEDUPE } from '../annotations/millrace-annotations.ts'

type Annotations = Readonly<Record<string, string>>

/** What the annotations of a route ask for; undefined: nothing. */
export function flowControlOf(annotations: Annotations): FlowControl | undefined {
  const read = <T>(name: string, parse: (text: string) => T): T | undefined => {
    const text = annotations[name]
    return text === undefined ? undefined : parse(text)
  }
  const kafka = annotations[KAFKA_ORDER] === 'ordered' ? ['partitionkey'] : undefined
  const all = {
    orderedBy: read(ORDERED_BY, attributeNamesOf) ?? kafka,
    park: annotations[ON_FAILURE] === 'park' ? true : undefined,
    rate: read(RATE, rateOf),
    delayMs: read(DELAY, delayOf),
    dueFrom: annotations[DUE_FROM],
    batch: read(BATCH, batchOf),
    circuit: read(CIRCUIT, circuitOf),
  }
  const asked = Object.entries(all).filter(([, value]) => value !== undefined)
  return asked.length === 0 ? undefined : Object.fromEntries(asked)
}

/** What the annotations of an addressable ask for. */
export function acceptanceOf(annotations: Annotations): Pick<Addressable, 'dedupeMs' | 'archive'> {
  const dedupe = annotations[DEDUPE]
  const dedupeMs = dedupe === undefined ? undefined : parseDuration(dedupe)
  const archive = archiveOf(annotations)
  return { ...(dedupeMs !== undefined && { dedupeMs }), ...(archive !== undefined && { archive }) }
}
