import { mostForeign } from './foreign-load.ts'
import { spread, type Spread } from './spread.ts'

/** What one slice of one side showed. */
export interface Sample {
  /** In the case's unit. */
  readonly cost: number
  readonly accepted: number
  /** Deliveries that had to arrive, and those that did. */
  readonly expected: number
  readonly delivered: number
  /** The share of all processors that others took meanwhile. */
  readonly foreign: number
  /** How many a second went through, where the case is asked for that too. */
  readonly perSecond?: number
}

export type Slice = (ms: number) => Promise<Sample>

/** Two sides that are warm, each in its own process. */
export interface Contest {
  readonly measured: Slice
  readonly reference: Slice
}

export interface ContestResult {
  /** Measured by reference, of the same round. */
  readonly ratio: Spread
  readonly measured: Spread
  readonly reference: Spread
  readonly rounds: number
  /** Rounds left out for foreign load. */
  readonly dropped: number
  /** Rounds that counted although others took much: there were too few without. */
  readonly loaded: number
  readonly accepted: number
  readonly delivered: number
  readonly lost: number
  /** Medians of what went through a second. */
  readonly perSecond?: { readonly measured: number; readonly reference: number }
}

const warmUp = { slices: 10, mostMs: 5_000 }

interface Round {
  readonly measured: Sample
  readonly reference: Sample
}

/**
 * Rounds of one slice of each side, in random order. Rounds with foreign load are dropped; where too few are
 * left after `most` (twice as many), the calmest count: a busy machine makes the result worse, and never endless.
 */
export async function compete(
  contest: Contest,
  rounds: number,
  sliceMs: number,
  most = 2 * rounds,
): Promise<ContestResult> {
  // long enough that little of what V8 compiles falls into the rounds
  for (const slice of [contest.measured, contest.reference])
    await slice(Math.min(warmUp.mostMs, warmUp.slices * sliceMs))
  const all: Round[] = []
  while (clean(all).length < rounds && all.length < most) all.push(await round(contest, sliceMs))
  const calmest = all.toSorted((left, right) => foreign(left) - foreign(right))
  const kept = calmest.slice(0, rounds)
  return {
    ratio: spread(kept.map(({ measured, reference }) => measured.cost / reference.cost)),
    measured: spread(kept.map(({ measured }) => measured.cost)),
    reference: spread(kept.map(({ reference }) => reference.cost)),
    rounds: kept.length,
    dropped: all.length - kept.length,
    loaded: kept.length - clean(kept).length,
    ...perSecond(kept),
    ...counts(all.flatMap(({ measured, reference }) => [measured, reference])),
  }
}

async function round({ measured, reference }: Contest, ms: number): Promise<Round> {
  if (Math.random() < 0.5) return { measured: await measured(ms), reference: await reference(ms) }
  const first = await reference(ms)
  return { measured: await measured(ms), reference: first }
}

function perSecond(rounds: readonly Round[]): Pick<ContestResult, 'perSecond'> {
  const of = (side: keyof Round): number =>
    spread(rounds.map((one) => one[side].perSecond ?? Number.NaN)).median
  const found = { measured: of('measured'), reference: of('reference') }
  return Number.isNaN(found.measured + found.reference) ? {} : { perSecond: found }
}

function clean(all: readonly Round[]): readonly Round[] {
  return all.filter(isClean)
}

function isClean(one: Round): boolean {
  return foreign(one) <= mostForeign
}

function foreign({ measured, reference }: Round): number {
  return Math.max(measured.foreign, reference.foreign)
}

/** Of every slice, those of dropped rounds too: what is lost is lost whoever else was at work. */
function counts(samples: readonly Sample[]): Pick<ContestResult, 'accepted' | 'delivered' | 'lost'> {
  let accepted = 0
  let delivered = 0
  let lost = 0
  for (const sample of samples) {
    accepted += sample.accepted
    delivered += sample.delivered
    lost += Math.max(0, sample.expected - sample.delivered)
  }
  return { accepted, delivered, lost }
}
