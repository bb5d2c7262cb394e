import { attributeRouter, compileFilter, linearRouter } from '@millrace/core'
import type { Attributes, FilterExpression, FilterSpec, Route, Router } from '@millrace/core'
import { nanoseconds, printTable } from './measure.ts'

/** What finding an event's routes costs, and what each dialect costs for one evaluation. */
export function routing(): void {
  printTable('Routing one event: 70 % exact type, 10 % source prefix, 10 % any or all, 10 % CESQL', [
    ['triggers', 'index ns', 'events/s', 'none matches ns', 'every trigger asked ns'],
    ...[1, 10, 100, 1_000, 10_000].map(routingRow),
  ])
  printTable('10,000 triggers, ms', building())
  printTable('One evaluation, ns', [
    ['filter', 'matches', 'does not'],
    ...evaluations.map(([name, spec, other]) => evaluationRow(name, spec, other)),
  ])
}

function routingRow(count: number): (string | number)[] {
  const routes = Array.from({ length: count }, (_, index) => route(index))
  const index = attributeRouter(routes)
  const linear = linearRouter(routes)
  const matching = routeEvents(index, () => event(count - 1))
  const slow = Math.max(1, Math.min(2_000, Math.round(200_000 / count)))
  return [
    count.toLocaleString('en'),
    matching,
    1e9 / matching,
    routeEvents(index, () => event(-1)),
    routeEvents(linear, () => event(count - 1), slow),
  ]
}

function routeEvents(router: Router, make: () => Attributes, events = 2_000): number {
  return nanoseconds(
    15,
    () => Array.from({ length: events }, make),
    (attributes) => router.match(attributes),
  )
}

function building(): (string | number)[][] {
  const routes = Array.from({ length: 10_000 }, (_, index) => route(index))
  const build = nanoseconds(5, () => [routes], attributeRouter)
  const router = attributeRouter(routes)
  let version = 0
  const replace = nanoseconds(
    15,
    () => [routes.with(5_000, route(10_000 + version++, 5_000))],
    (changed) => router.update(changed),
  )
  return [
    ['building the index', build / 1e6],
    ['replacing one trigger in it', replace / 1e6],
  ]
}

/** One trigger of the mix; no two have the same filter. */
function filtersOf(index: number): FilterExpression[] {
  const type = `com.example.orders.type-${index}`
  switch (index % 10) {
    case 7:
      return [{ prefix: { source: `/tenants/${index}/` } }]
    case 8:
      return index % 20 < 10
        ? [{ any: [{ exact: { type } }, { exact: { type: `${type}.again` } }] }]
        : [{ all: [{ exact: { type } }, { prefix: { subject: 'customers/' } }] }]
    case 9:
      return [{ cesql: `type = '${type}' AND amount > 10` }]
    default:
      return [{ exact: { type } }]
  }
}

function route(index: number, place = index): Route {
  return {
    id: `/default/default|Trigger|default/t${place}|subscriber`,
    role: 'subscriber',
    addressable: '/default/default',
    kind: 'Trigger',
    namespace: 'default',
    name: `t${place}`,
    filter: compileFilter({ filters: filtersOf(index) }),
    destination: { kind: 'url', url: 'http://127.0.0.1:9/' },
    reply: undefined,
    deadLetter: undefined,
    policy: {
      retry: 0,
      backoffPolicy: 'linear',
      backoffDelayMs: 0,
      backoffMaxMs: undefined,
      timeoutMs: 1_000,
      retryAfterMaxMs: 0,
      format: undefined,
    },
    inFlight: 1,
  }
}

/** An event as it comes from a request: every string is a new one, whose hash nobody knows yet. */
function event(index: number): Attributes {
  return Object.assign(Object.create(null) as Attributes, {
    specversion: fresh('1.0'),
    id: fresh('5c8f9f3a-8c54-4b67-9b0f-3f1f8f1d2c11'),
    type: fresh(`com.example.orders.type-${index}`),
    source: fresh(`/tenants/${index}/shop`),
    subject: fresh('customers/4711'),
    datacontenttype: fresh('application/json'),
    time: fresh('2026-11-22T18:09:12.123456789Z'),
    amount: fresh('15'),
  })
}

function fresh(text: string): string {
  return Buffer.from(text).toString('latin1')
}

const evaluations: readonly (readonly [string, FilterSpec, FilterSpec])[] = [
  ['attributes', { attributes: { type: 'a.b' } }, { attributes: { type: 'a.c' } }],
  ...dialects([
    [{ exact: { type: 'a.b' } }, { exact: { type: 'a.c' } }],
    [{ prefix: { type: 'a.' } }, { prefix: { type: 'b.' } }],
    [{ suffix: { type: '.b' } }, { suffix: { type: '.c' } }],
    [
      { all: [{ exact: { type: 'a.b' } }, { prefix: { source: '/' } }] },
      { all: [{ exact: { type: 'a.b' } }, { prefix: { source: '?' } }] },
    ],
    [
      { any: [{ exact: { type: 'a.c' } }, { prefix: { source: '/' } }] },
      { any: [{ exact: { type: 'a.c' } }, { prefix: { source: '?' } }] },
    ],
    [{ not: { exact: { type: 'a.c' } } }, { not: { exact: { type: 'a.b' } } }],
    [{ cesql: "type = 'a.b'" }, { cesql: "type = 'a.c'" }],
    [{ cesql: 'amount > 10' }, { cesql: 'amount > 20' }],
    [{ cesql: "type = 'a.b' AND amount > 10" }, { cesql: "type = 'a.b' AND amount > 20" }],
    [
      { cesql: "type LIKE 'a.%' OR source LIKE '%shop'" },
      { cesql: "type LIKE 'x.%' OR source LIKE '%bank'" },
    ],
    [{ cesql: "region IN ('eu', 'us', 'ap')" }, { cesql: "region IN ('us', 'ap')" }],
    [{ cesql: "LOWER(LEFT(source, 5)) = '/tena'" }, { cesql: "LOWER(LEFT(source, 5)) = '/TENA'" }],
  ]),
]

function dialects(pairs: readonly (readonly [FilterExpression, FilterExpression])[]): typeof evaluations {
  return pairs.map(([matching, other]) => [
    'cesql' in matching ? `cesql ${matching.cesql}` : Object.keys(matching).join(),
    { filters: [matching] },
    { filters: [other] },
  ])
}

function evaluationRow(name: string, matching: FilterSpec, other: FilterSpec): (string | number)[] {
  const attributes = { ...event(1), type: fresh('a.b'), region: fresh('eu') }
  const cost = (spec: FilterSpec): number => {
    const filter = compileFilter(spec)
    return nanoseconds(
      15,
      () => Array.from({ length: 20_000 }, () => attributes),
      (item) => filter.matches(item),
    )
  }
  return [name, cost(matching), cost(other)]
}
