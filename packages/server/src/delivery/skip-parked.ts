import type { EventRecord, Failure } from '@millrace/core'
import { decodeRecord, type ParkedKey } from '@millrace/storage'
import type { LiveTopology } from '../flow.ts'
import type { Channels } from '../observability/channels.ts'
import { planDeadLetter, type Consequences } from './consequences.ts'
import type { Settler } from './settler.ts'

/** A parked head becomes a dead letter, as it would have without parking. → whether it was still the head. */
export async function skipParked(
  live: LiveTopology,
  settler: Settler,
  channels: Pick<Channels, 'deliverySettled'>,
  parked: ParkedKey,
  nowMs: number,
): Promise<boolean> {
  const route = live.routeOf(parked.route)
  const record = readRecord(parked)
  const { type: _, more: __, ...facts } = parked.details
  const rests: Consequences = {
    appends: [],
    deadLetters: [{ route: parked.route, details: parked.details }],
  }
  const failure: Failure = {
    ...facts,
    route: route?.id ?? '',
    destination: facts.destination ?? '',
    delivery: parked.delivery,
  }
  const plan =
    route === undefined || record === undefined
      ? rests
      : planDeadLetter(live, { route, number: parked.route }, record, failure)
  if ((await settler.skip(parked, plan)) !== 'settled') return false
  if (route !== undefined && record !== undefined)
    channels.deliverySettled.publish({
      delivery: parked.delivery,
      route,
      record,
      outcome: 'dead',
      attempts: failure.attempts,
      ms: nowMs - record.acceptedAt,
      reason: failure.reason,
      ...(failure.code === undefined ? {} : { code: failure.code }),
    })
  return true
}

function readRecord({ record }: ParkedKey): EventRecord | undefined {
  try {
    return record === undefined ? undefined : decodeRecord(record)
  } catch {
    return undefined
  }
}
