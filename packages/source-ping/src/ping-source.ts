import { defineSource, type RunContext } from '@millrace/source-sdk'
import { fireTicks } from './fire-ticks.ts'
import { DEPLOYED, pingSourceKind, type PingSourceSpec } from './kind.ts'
import type { MissedTicks } from './missed-ticks.ts'
import { ticksOf } from './ticks.ts'
import { toEvent } from './to-event.ts'

const MISSED_TICKS = 'millrace.dev/missed-ticks'

/** PingSource (sources.knative.dev/v1): one event a tick, stored once however many processes fire it. */
export const source = defineSource<PingSourceSpec>({ kind: pingSourceKind, run })

async function run(context: RunContext<PingSourceSpec>): Promise<void> {
  const { spec, annotations, status } = context
  status.condition(DEPLOYED, 'True')
  await fireTicks(context, {
    ticks: ticksOf(spec.schedule, spec.timezone),
    missed: (annotations[MISSED_TICKS] ?? 'skip') as MissedTicks,
    eventOf: (tick) => toEvent(context, spec, tick),
  })
}
