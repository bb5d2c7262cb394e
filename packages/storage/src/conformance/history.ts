import * as fc from 'fast-check'

/** One step of a random history. Indices choose among what is there, modulo its number. */
export type Step =
  | { readonly do: 'append'; readonly events: readonly EventStep[] }
  | { readonly do: 'claim'; readonly route: number; readonly max: number }
  | { readonly do: 'settle'; readonly which: number; readonly as: SettleAs; readonly delayMs: number }
  | { readonly do: 'release'; readonly which: number }
  | { readonly do: 'unpark' | 'skip' | 'cancel'; readonly which: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'crash' | 'reopen' }
  | { readonly do: 'crash in append'; readonly landed: boolean; readonly events: readonly EventStep[] }
  | {
      readonly do: 'crash in settle'
      readonly landed: boolean
      readonly which: number
      readonly as: SettleAs
    }

/** What has no key is not parked, but dead. */
export type SettleAs = 'done' | 'retry' | 'reply' | 'dead' | 'park'

export interface EventStep {
  readonly to: readonly TargetStep[]
}

export interface TargetStep {
  readonly route: number
  readonly lease: boolean
  readonly key?: string
  readonly delayMs?: number
}

const target = fc.record(
  {
    route: fc.nat(2),
    lease: fc.boolean(),
    key: fc.constantFrom('x', 'y'),
    delayMs: fc.constantFrom(0, 50),
  },
  { requiredKeys: ['route', 'lease'] },
)
const events = fc.array(
  fc.record({ to: fc.uniqueArray(target, { selector: ({ route }) => route, minLength: 1, maxLength: 3 }) }),
  { minLength: 1, maxLength: 4 },
)
const as = fc.constantFrom<SettleAs>('done', 'done', 'retry', 'reply', 'dead', 'park')
const which = fc.nat(20)

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('append' as const), events }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('claim' as const), route: fc.nat(2), max: fc.nat(4) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('settle' as const), which, as, delayMs: fc.constantFrom(0, 30) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const), which }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('unpark' as const, 'skip' as const, 'cancel' as const),
      which,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(10, 60) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('crash' as const, 'reopen' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('crash in append' as const), landed: fc.boolean(), events }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('crash in settle' as const), landed: fc.boolean(), which, as }),
  },
)

export const history: fc.Arbitrary<readonly Step[]> = fc.array(step, { minLength: 5, maxLength: 40 })
