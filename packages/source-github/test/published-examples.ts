import definitions from '@octokit/webhooks-examples'
import type { Payload } from '../src/payload.ts'

/** Payloads that GitHub and its users published, for each event. */
export const publishedExamples = definitions as unknown as readonly {
  readonly name: string
  readonly examples: readonly Payload[]
}[]

export function publishedPayload(event: string, example = 0): Payload {
  const found = publishedExamples.find(({ name }) => name === event)?.examples[example]
  if (found === undefined) throw new Error(`there is no example ${example} of ${event}`)
  return found
}
