import type { Receiver } from '@millrace/testkit'
import { Endpoint } from './endpoint.ts'
import type { Rule } from './rule.ts'
import { rules } from './rules/index.ts'
import { Subscribers } from './subscribers.ts'

export interface Result extends Omit<Rule, 'holds'> {
  readonly outcome: 'holds' | 'broken' | 'not run'
  /** What was seen instead, or why it was not run. */
  readonly seen?: string
}

export interface UnderTest {
  readonly broker: string | undefined
  readonly channel: string | undefined
  /** Where their routes lead (manifests.ts). */
  readonly sink: Receiver
}

/** Holds each rule against the broker and the channel, one after the other. */
export async function* runRules(under: UnderTest, only: readonly string[] = []): AsyncGenerator<Result> {
  const subscribers = new Subscribers(under.sink)
  for (const { holds, ...rule } of rules) {
    if (only.length > 0 && !only.includes(rule.id)) continue
    const url = under[rule.of]
    if (url === undefined) {
      yield { ...rule, outcome: 'not run', seen: `there is no --${rule.of}` }
      continue
    }
    try {
      await holds(new Endpoint(rule.of, url, subscribers))
      yield { ...rule, outcome: 'holds' }
    } catch (error) {
      yield { ...rule, outcome: 'broken', seen: error instanceof Error ? error.message : String(error) }
    }
  }
}
