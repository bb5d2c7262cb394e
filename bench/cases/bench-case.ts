import type { Contest } from '../measure/contest.ts'
import type { Rig } from '../rig.ts'

/** What a ratio has to be at most, and what is aimed at. */
export interface Target {
  readonly must: number
  readonly aim: number
}

/** One line of the bench: something measured, by something that does the same work barely. */
export interface BenchCase {
  readonly name: string
  /** What is measured, in a sentence for `--list`. */
  readonly what: string
  /** What it is divided by. */
  readonly reference: string
  readonly unit: string
  readonly target?: Target
  /** At most so many: its slices are longer than the others'. */
  readonly rounds?: number
  /** Starts both sides; they end with the rig. */
  open(rig: Rig): Promise<Contest>
}
