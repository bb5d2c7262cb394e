import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { binary, structured, type Message } from '../message.ts'
import type { Rule } from '../rule.ts'
import { both, must, type ForBoth } from './for-both.ts'

/** What the data plane contract and the pages of broker and channel ask of whoever takes events. */
const malformed: Readonly<Record<string, Omit<Message, 'id'>>> = {
  'no ce-id': binaryWithout('ce-id'),
  'no ce-source': binaryWithout('ce-source'),
  'no ce-type': binaryWithout('ce-type'),
  'a specversion that there is none of': binary({ specversion: '7.0' }),
  'JSON that is none': { headers: { 'content-type': 'application/cloudevents+json' }, body: '{"id":' },
  'a structured event without a type': {
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify({ specversion: '1.0', id: '1', source: '/s' }),
  },
}

const shared: readonly ForBoth[] = [
  {
    id: 'takes-binary',
    page: 'data-plane',
    clause: 'Minimum supported protocol',
    level: 'MUST',
    rule: 'CloudEvents 1.0 in binary mode are taken and delivered',
    holds: async (endpoint, type) => {
      const event = binary({ type, data: { n: 1 } })
      await endpoint.send(event)
      await endpoint.arrived('plain', event.id)
    },
  },
  {
    id: 'takes-structured',
    page: 'data-plane',
    clause: 'Minimum supported protocol',
    level: 'MUST',
    rule: 'CloudEvents 1.0 in structured mode are taken and delivered',
    holds: async (endpoint, type) => {
      const event = structured({ type, data: { n: 1 } })
      await endpoint.send(event)
      await endpoint.arrived('plain', event.id)
    },
  },
  {
    id: 'answers-2xx',
    page: 'data-plane',
    clause: 'Event Acknowledgement and Delivery Retry',
    level: 'MUST',
    rule: 'the status code of the answer says that an event was taken',
    holds: async (endpoint, type) => {
      const { status } = await endpoint.ask('POST', binary({ type }))
      must(status >= 200 && status <= 299, `a valid event was answered ${status}`)
    },
  },
  {
    id: 'options-allow-post',
    page: 'data-plane',
    clause: 'HTTP Verbs',
    level: 'MUST',
    rule: 'OPTIONS, where it is answered with success, names POST in Allow',
    holds: async (endpoint) => {
      const { status, headers } = await endpoint.ask('OPTIONS', { headers: {}, body: undefined })
      const allow = String(headers['allow'] ?? '')
      must(status > 299 || /\bPOST\b/.test(allow), `OPTIONS was answered ${status} with Allow "${allow}"`)
    },
  },
  {
    id: 'ignores-upgrade',
    page: 'data-plane',
    clause: 'Background',
    level: 'SHOULD',
    rule: 'a header that would negotiate something else is passed over',
    holds: async (endpoint, type) => {
      const event = binary({ type })
      const headers = { ...event.headers, connection: 'Upgrade', upgrade: 'h2c' }
      // undici sends no Upgrade of its own accord
      const sent = request(endpoint.url, { method: 'POST', headers }).end()
      const [{ statusCode }] = (await once(sent, 'response')) as [IncomingMessage]
      must(statusCode === 202, `an event with Upgrade was answered ${statusCode}`)
      await endpoint.arrived('plain', event.id)
    },
  },
  {
    id: 'takes-duplicates',
    page: 'data-plane',
    clause: 'Event Acknowledgement and Delivery Retry',
    level: 'MUST',
    rule: 'the same event a second time is taken too',
    holds: async (endpoint, type) => {
      const event = binary({ type })
      await endpoint.send(event)
      await endpoint.send(event)
    },
  },
]

/** The pages of broker and channel ask the same in words of their own. */
function own(of: 'broker' | 'channel'): Rule[] {
  const clause = of === 'broker' ? 'Ingress' : 'HTTP'
  return [
    {
      id: `${of}/only-post`,
      of,
      page: of,
      clause,
      level: 'MUST',
      rule: 'any other method than POST is answered 405',
      holds: async (endpoint) => {
        for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
          const { status } = await endpoint.ask(method, { headers: {}, body: undefined })
          must(status === 405, `${method} was answered ${status}`)
        }
      },
    },
    {
      id: `${of}/refuses-malformed`,
      of,
      page: of,
      clause,
      level: 'MUST',
      rule:
        of === 'broker' ? 'what is no CloudEvent is answered 4xx' : 'what is no CloudEvent is answered 400',
      holds: async (endpoint) => {
        for (const [what, message] of Object.entries(malformed)) {
          const { status } = await endpoint.ask('POST', message)
          const refused = of === 'broker' ? status >= 400 && status <= 499 : status === 400
          must(refused, `${what} was answered ${status}`)
        }
      },
    },
  ]
}

const channelOnly: readonly Rule[] = [
  {
    id: 'channel/answers-202',
    of: 'channel',
    page: 'channel',
    clause: 'HTTP',
    level: 'MUST',
    rule: 'an event that is taken is answered 202',
    holds: async (endpoint) => {
      const { status } = await endpoint.ask('POST', binary())
      must(status === 202, `a valid event was answered ${status}`)
    },
  },
  {
    id: 'channel/unknown-404',
    of: 'channel',
    page: 'channel',
    clause: 'HTTP',
    level: 'MUST',
    rule: 'a request for a channel that there is none of is answered 404',
    holds: async (endpoint) => {
      const { status } = await endpoint.ask('POST', binary(), new URL('no-such-channel', endpoint.url).href)
      must(status === 404, `an unknown channel was answered ${status}`)
    },
  },
]

function binaryWithout(name: string): Message {
  const { headers, ...rest } = binary()
  return { ...rest, headers: Object.fromEntries(Object.entries(headers).filter(([each]) => each !== name)) }
}

export const acceptance: readonly Rule[] = [
  ...both(shared),
  ...own('broker'),
  ...own('channel'),
  ...channelOnly,
]
