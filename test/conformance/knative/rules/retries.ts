import type { ScriptedAnswer } from '@millrace/testkit'
import { binary } from '../message.ts'
import type { Level, Rule } from '../rule.ts'
import { both, must, type ForBoth } from './for-both.ts'

/** Of the table of status codes: what is sent again, up to `retry` times, and what is given up at once. */
const retried = [404, 409, 429, 500, 503] as const
const givenUp = [400, 403, 422] as const
const completed = [200, 202, 204] as const
const page = 'data-plane'
const clause = 'Event Acknowledgement and Delivery Retry'

/** A rule that an answer lets the event be sent again. */
function sentAgain(id: string, level: Level, rule: string, answer: ScriptedAnswer): ForBoth {
  return {
    id,
    page,
    clause,
    level,
    rule,
    route: 'failing',
    holds: async (endpoint, type) => {
      const event = binary({ type })
      endpoint.script('failing', event.id, answer, 202)
      await endpoint.send(event)
      await endpoint.arrived('failing', event.id, 2)
    },
  }
}

/** A rule that an answer is an error after which the event is not sent again. */
function givenUpAfter(what: string, answer: ScriptedAnswer): ForBoth {
  return {
    id: `gives-up-${what}`,
    page,
    clause,
    level: 'MUST',
    rule: `${what} is an error and is not sent again`,
    route: 'failing',
    holds: async (endpoint, type) => {
      const event = binary({ type })
      endpoint.script('failing', event.id, answer)
      await endpoint.send(event)
      await endpoint.arrived('dead-letters', event.id)
      const attempts = endpoint.seen('failing', event.id).length
      must(attempts === 1, `the subscriber got it ${attempts} times`)
    },
  }
}

const shared: readonly ForBoth[] = [
  ...retried.map((code) => sentAgain(`retries-${code}`, 'MUST', `${code} is sent again`, code)),
  ...givenUp.map((code) => givenUpAfter(String(code), code)),
  givenUpAfter('3xx', { status: 302, headers: { location: '/elsewhere' } }),
  ...completed.map((code): ForBoth => {
    return {
      id: `completes-${code}`,
      page,
      clause,
      level: 'MUST',
      rule: `${code} completes the delivery`,
      route: 'failing',
      holds: async (endpoint, type) => {
        const [event, later] = [binary({ type }), binary({ type })]
        endpoint.script('failing', event.id, code)
        endpoint.script('failing', later.id, 503, 202)
        await endpoint.send(event)
        await endpoint.arrived('failing', event.id)
        // what would have been sent again had time to come: the retry of the later one has the same delay
        await endpoint.send(later)
        await endpoint.arrived('failing', later.id, 2)
        const attempts = endpoint.seen('failing', event.id).length
        must(attempts === 1, `the subscriber got it ${attempts} times`)
      },
    }
  }),
  sentAgain('retries-unknown', 'SHOULD', 'a code outside of the table is sent again', 600),
  sentAgain('retries-no-answer', 'SHOULD', 'a connection that breaks without an answer is sent again', {
    reset: 'at once',
  }),
  {
    id: 'retry-count',
    page: 'control-plane',
    clause: 'Event Delivery',
    level: 'MUST',
    rule: 'it is sent again up to `retry` times, then goes to the dead-letter sink',
    route: 'failing',
    holds: async (endpoint, type) => {
      const event = binary({ type, data: { n: 1 } })
      endpoint.script('failing', event.id, 503)
      await endpoint.send(event)
      await endpoint.arrived('dead-letters', event.id)
      const attempts = endpoint.seen('failing', event.id).length
      must(attempts === 3, `retry is 2, and the subscriber got it ${attempts} times`)
    },
  },
  {
    id: 'backoff-linear',
    page: 'control-plane',
    clause: 'Event Delivery',
    level: 'MUST',
    rule: 'no retry comes before the delay that backoffPolicy and backoffDelay ask for',
    route: 'failing',
    holds: async (endpoint, type) => {
      const event = binary({ type })
      endpoint.script('failing', event.id, 503, 503, 202)
      await endpoint.send(event)
      const at = (await endpoint.arrived('failing', event.id, 3)).map(({ request }) => request.at)
      const [first = 0, second = 0, third = 0] = at
      // clocks count milliseconds: one of tolerance
      must(second - first >= 199, `the first retry came after ${second - first} ms of 200`)
      must(third - second >= 399, `the second retry came after ${third - second} ms of 400`)
    },
  },
  {
    id: 'dead-letter-retried',
    page: 'control-plane',
    clause: 'Event Delivery',
    level: 'SHOULD',
    rule: 'a dead letter that its sink does not take is sent again',
    route: 'failing',
    holds: async (endpoint, type) => {
      const event = binary({ type })
      endpoint.script('failing', event.id, 400)
      endpoint.script('dead-letters', event.id, 503, 202)
      await endpoint.send(event)
      await endpoint.arrived('dead-letters', event.id, 2)
    },
  },
]

export const retries: readonly Rule[] = both(shared)
