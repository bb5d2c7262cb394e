import { randomUUID } from 'node:crypto'
import type { TestEvent } from '@millrace/testkit'
import { binary, dataOf } from '../message.ts'
import { typeOf } from '../routes.ts'
import type { Rule } from '../rule.ts'
import { must } from './for-both.ts'

const page = 'data-plane'
const clause = 'Derived (Reply) Events'

/** Where the replies of the route `asking` go: to a Trigger of their type, or to the Subscription's `reply`. */
const places = { broker: 'answers', channel: 'replies' } as const

function reply(more: TestEvent = {}): TestEvent & { id: string } {
  return { id: randomUUID(), source: '/conformance/reply', type: typeOf('answers'), ...more }
}

function rulesOf(of: 'broker' | 'channel'): Rule[] {
  const place = places[of]
  return [
    {
      id: `${of}/reply`,
      of,
      page: 'control-plane',
      clause: 'Event Delivery',
      level: 'MUST',
      rule:
        of === 'broker'
          ? 'an event in a 200 is routed by the broker like one that was sent to it'
          : 'an event in a 200 is delivered to the reply of the Subscription',
      holds: async (endpoint) => {
        const [event, answer] = [binary({ type: typeOf('asking') }), reply({ data: { n: 1 } })]
        endpoint.script('asking', event.id, { event: answer })
        await endpoint.send(event)
        const [got] = await endpoint.arrived(place, answer.id)
        must(got !== undefined && dataOf(got) === '{"n":1}', 'the data of the reply was changed')
      },
    },
    {
      id: `${of}/reply-structured`,
      of,
      page,
      clause,
      level: 'MUST',
      rule: 'a reply in structured mode is taken too',
      holds: async (endpoint) => {
        const [event, answer] = [binary({ type: typeOf('asking') }), reply()]
        const body = JSON.stringify({ specversion: '1.0', ...answer })
        endpoint.script('asking', event.id, {
          headers: { 'content-type': 'application/cloudevents+json' },
          body,
        })
        await endpoint.send(event)
        await endpoint.arrived(place, answer.id)
      },
    },
    {
      id: `${of}/no-reply-202`,
      of,
      page,
      clause,
      level: 'MUST NOT',
      rule: 'an event in a 202 is taken for a reply',
      holds: async (endpoint) => {
        const [event, answer] = [binary({ type: typeOf('asking') }), reply()]
        const [later, marker] = [binary({ type: typeOf('asking') }), reply()]
        endpoint.script('asking', event.id, { status: 202, event: answer })
        endpoint.script('asking', later.id, { event: marker })
        await endpoint.send(event)
        await endpoint.arrived('asking', event.id)
        await endpoint.send(later)
        await endpoint.arrived(place, marker.id)
        must(endpoint.seen(place, answer.id).length === 0, 'it was delivered as one')
      },
    },
    {
      id: `${of}/reply-not-stored`,
      of,
      page: 'control-plane',
      clause: of === 'broker' ? 'Content Based Routing' : 'Event Delivery',
      level: 'MUST',
      rule: 'a reply that could not be handed on is not lost',
      holds: async (endpoint) => {
        const [event, answer] = [binary({ type: typeOf('asking') }), reply()]
        endpoint.script('asking', event.id, { event: answer })
        endpoint.script(place, answer.id, 503, 202)
        await endpoint.send(event)
        await endpoint.arrived(place, answer.id, 2)
      },
    },
  ]
}

const broker: readonly Rule[] = [
  {
    id: 'broker/reply-to-itself',
    of: 'broker',
    page: 'control-plane',
    clause: 'Content Based Routing',
    level: 'MUST',
    rule: 'a reply is evaluated against all Triggers, the one that gave rise to it too',
    holds: async (endpoint) => {
      const [event, answer] = [binary({ type: typeOf('again') }), reply({ type: typeOf('again') })]
      endpoint.script('again', event.id, { event: answer })
      await endpoint.send(event)
      await endpoint.arrived('again', answer.id)
    },
  },
  {
    id: 'broker/reply-malformed',
    of: 'broker',
    page: 'broker',
    clause: 'Delivery',
    level: 'SHOULD',
    rule: 'a malformed event in the answer is a failed delivery',
    holds: async (endpoint) => {
      const event = binary({ type: typeOf('failing') })
      const answer = {
        headers: { 'content-type': 'application/cloudevents+json' },
        body: '{"specversion":"1.0"}',
      }
      endpoint.script('failing', event.id, answer, 202)
      await endpoint.send(event)
      await endpoint.arrived('failing', event.id, 2)
    },
  },
]

const channel: readonly Rule[] = [
  {
    id: 'channel/reply-runs-subscriber-again',
    of: 'channel',
    page: 'control-plane',
    clause: 'Event Delivery',
    level: 'MUST',
    rule: 'where a reply cannot be delivered, the event is delivered to the subscriber again',
    holds: async (endpoint) => {
      const [event, answer] = [binary({ type: typeOf('asking') }), reply()]
      endpoint.script('asking', event.id, { event: answer })
      endpoint.script('replies', answer.id, 503, 202)
      await endpoint.send(event)
      await endpoint.arrived('replies', answer.id, 2)
      const times = endpoint.seen('asking', event.id).length
      must(times > 1, 'the reply was sent again, and the subscriber was not run again')
    },
  },
  {
    id: 'channel/reply-alone',
    of: 'channel',
    page: 'control-plane',
    clause: 'Subscription Lifecycle',
    level: 'SHOULD NOT',
    rule: 'a Subscription with a reply alone delivers there, and asks for replies',
    holds: async (endpoint) => {
      const event = binary()
      await endpoint.send(event)
      const [got] = await endpoint.arrived('forwarding', event.id)
      const prefer = String(got?.request.headers['prefer'])
      must(!/\breply\b/.test(prefer), `Prefer was ${prefer}`)
    },
  },
]

export const replies: readonly Rule[] = [...rulesOf('broker'), ...rulesOf('channel'), ...broker, ...channel]
