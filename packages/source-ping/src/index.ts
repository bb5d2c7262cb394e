export { source } from './ping-source.ts'
export type { PingSourceSpec } from './kind.ts'
// for other sources that fire by the clock
export { fireTicks, type FiredSchedule } from './fire-ticks.ts'
export { parseSchedule } from './schedule.ts'
export { ticksOf } from './ticks.ts'
export { tickText } from './to-event.ts'
