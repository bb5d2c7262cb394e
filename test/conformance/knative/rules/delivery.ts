import { binary, dataOf, structured, type Delivered } from '../message.ts'
import type { Rule } from '../rule.ts'
import { both, must, type ForBoth } from './for-both.ts'

/** How an event reaches its subscriber. */
const shared: readonly ForBoth[] = [
  {
    id: 'delivers-by-post',
    page: 'data-plane',
    clause: 'HTTP Verbs',
    level: 'MUST',
    rule: 'an event is delivered by POST, as a CloudEvent 1.x in binary or structured mode',
    holds: async (endpoint, type) => {
      const event = binary({ type })
      await endpoint.send(event)
      const [got] = await endpoint.arrived('plain', event.id)
      must(got?.request.method === 'POST', `it came by ${got?.request.method}`)
      must(got?.attributes['specversion'] === '1.0', `its specversion was ${text(got, 'specversion')}`)
    },
  },
  {
    id: 'data-unchanged',
    page: 'control-plane',
    clause: 'Event Routing',
    level: 'MUST NOT',
    rule: 'the data of an event is changed on its way',
    holds: async (endpoint, type) => {
      const data = '{ "big": 12345678901234567890, "one": 1.0, "twice": 1, "twice": 2 }'
      const event = binary({ type, data })
      await endpoint.send(event)
      const [got] = await endpoint.arrived('plain', event.id)
      const seen = got === undefined ? '' : dataOf(got)
      must(seen === data, `${data} came as ${seen}`)
    },
  },
  {
    id: 'attributes-identical',
    page: 'broker',
    clause: 'Delivery',
    level: 'SHOULD',
    rule: 'all attributes that the producer set reach the subscriber as they were',
    holds: async (endpoint, type) => {
      const attributes = {
        type,
        subject: 'a subject, with €',
        time: '2026-11-22T17:31:00.123456789+02:00',
        dataschema: 'https://example.com/schema',
        anextension: 'e',
      }
      const event = structured({ ...attributes, datacontenttype: 'application/json', data: { n: 1 } })
      await endpoint.send(event)
      const [got] = await endpoint.arrived('plain', event.id)
      for (const [name, value] of Object.entries(attributes))
        must(got?.attributes[name] === value, `${name} was ${value}, and came as ${text(got, name)}`)
    },
  },
  {
    id: 'version-kept',
    page: 'channel',
    clause: 'Input',
    level: 'MUST NOT',
    rule: 'an event of CloudEvents 0.3, where it is taken, is made one of 1.0',
    holds: async (endpoint, type) => {
      const event = binary({ type, specversion: '0.3' })
      const { status } = await endpoint.ask('POST', event)
      if (status > 299) return
      const [got] = await endpoint.arrived('plain', event.id)
      must(got?.attributes['specversion'] === '0.3', `its specversion was ${text(got, 'specversion')}`)
    },
  },
  {
    id: 'trace-kept',
    page: 'broker',
    clause: 'Observability',
    level: 'SHOULD',
    rule: 'the trace of the producer is there at the subscriber',
    holds: async (endpoint, type) => {
      const trace = '0af7651916cd43dd8448eb211c80319c'
      const event = binary({ type, traceparent: `00-${trace}-b7ad6b7169203331-01` })
      await endpoint.send(event)
      const [got] = await endpoint.arrived('plain', event.id)
      must(text(got, 'traceparent').includes(trace), `traceparent was ${text(got, 'traceparent')}`)
    },
  },
  {
    id: 'each-route-once',
    page: 'control-plane',
    clause: 'Event Routing',
    level: 'MUST',
    rule: 'two routes with the same subscriber are two deliveries',
    route: 'twins',
    holds: async (endpoint, type) => {
      const event = binary({ type })
      await endpoint.send(event)
      await endpoint.arrived('twins', event.id, 2)
    },
  },
  {
    id: 'prefer-reply',
    page: 'data-plane',
    clause: 'Derived (Reply) Events',
    level: 'MUST',
    rule: 'a delivery to a subscriber has the header Prefer: reply',
    holds: async (endpoint, type) => {
      const event = binary({ type })
      await endpoint.send(event)
      const [got] = await endpoint.arrived('plain', event.id)
      const prefer = String(got?.request.headers['prefer'])
      must(/\breply\b/.test(prefer), `Prefer was ${prefer}`)
    },
  },
]

const broker: readonly Rule[] = [
  {
    id: 'broker/filter-exact',
    of: 'broker',
    page: 'broker',
    clause: 'Trigger',
    level: 'MUST',
    rule: 'a filter by attributes passes what has each of them exactly, extensions too, and nothing else',
    holds: async (endpoint) => {
      const type = 'conformance.extension'
      const [other, prefix, gold] = [{ tier: 'silver' }, { tier: 'golden' }, { tier: 'gold' }].map((more) =>
        binary({ type, ...more }),
      )
      const without = binary({ type })
      for (const event of [other, prefix, without, gold]) if (event !== undefined) await endpoint.send(event)
      await endpoint.arrived('extension', gold?.id ?? '')
      for (const event of [other, prefix, without])
        must(endpoint.seen('extension', event?.id ?? '').length === 0, 'an event came that does not match')
    },
  },
]

function text(got: Delivered | undefined, name: string): string {
  return String(got?.attributes[name])
}

export const delivery: readonly Rule[] = [...both(shared), ...broker]
