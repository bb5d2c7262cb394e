import type { Advance } from '@millrace/storage'
import type { Argument } from './command.ts'

/** Which checkpoint an append moves, in the order in which `readAdvance` (delivery.lua) reads it. */
export function advanceArguments(advance: Advance | undefined): readonly Argument[] {
  if (advance === undefined) return ['0']
  const { key, from, to } = advance
  return ['1', key, from === undefined ? '0' : '1', from ?? '', to]
}
