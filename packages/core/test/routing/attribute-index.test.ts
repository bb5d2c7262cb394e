import { attributeRouter, compileFilter, linearRouter } from '@millrace/core'
import type { Attributes, Filter, FilterSpec, Route, Router } from '@millrace/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { filterSpecs } from '../filter/arbitrary-filter.ts'
import { events } from '../filter/cesql/arbitrary-cesql.ts'

function route(name: string, filter: Filter): Route {
  return {
    id: `/default/b|Trigger|default/${name}|subscriber`,
    role: 'subscriber',
    addressable: '/default/b',
    kind: 'Trigger',
    namespace: 'default',
    name,
    filter,
    destination: undefined,
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

function routesOf(specs: Readonly<Record<string, FilterSpec>>): Route[] {
  return Object.entries(specs).map(([name, spec]) => route(name, compileFilter(spec)))
}

function namesOf(router: Router, attributes: Attributes): string[] {
  return router.match(attributes).map(({ name }) => name)
}

/** A filter as one clause that counts how often it is asked, and how often its needs are read. */
function counted(filter: Filter): Filter & { asked: number; placed: number } {
  return {
    text: filter.text,
    asked: 0,
    placed: 0,
    explain: (attributes) => filter.explain(attributes),
    matches(attributes) {
      this.asked++
      return filter.matches(attributes)
    },
    get needs() {
      this.placed++
      return filter.needs
    },
  }
}

describe('the index against the linear router', () => {
  test('they find the same routes in the same order', () => {
    fc.assert(
      fc.property(
        fc.array(filterSpecs, { maxLength: 20 }),
        fc.array(events, { minLength: 1, maxLength: 5 }),
        (specs, all) => {
          const routes = specs.map((spec, index) => route(`t${index}`, compileFilter(spec)))
          const index = attributeRouter(routes)
          const linear = linearRouter(routes)
          for (const event of all) expect(index.match(event)).toEqual(linear.match(event))
        },
      ),
      { numRuns: 1_000 },
    )
  })
  test('they do so after any changes', () => {
    const lists = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 8 }), filterSpecs), {
      selector: ([name]) => name,
    })
    fc.assert(
      fc.property(fc.array(lists, { minLength: 1, maxLength: 5 }), events, (versions, event) => {
        const index = attributeRouter([])
        for (const version of versions) {
          const routes = version.map(([name, spec]) => route(`t${name}`, compileFilter(spec)))
          index.update(routes)
          expect(index.match(event)).toEqual(linearRouter(routes).match(event))
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('what is looked at', () => {
  test('only filters that the values of the event lead to', () => {
    const filters = Array.from({ length: 100 }, (_, index) =>
      counted(compileFilter({ filters: [{ cesql: `type = 't${index}' AND EXISTS id` }] })),
    )
    const index = attributeRouter(filters.map((filter, place) => route(`t${place}`, filter)))
    expect(namesOf(index, { id: '1', type: 't7' })).toEqual(['t7'])
    expect(filters.filter(({ asked }) => asked > 0)).toEqual([filters[7]])
  })
  test('the less crowded of two conditions, when many filters share the other', () => {
    const filters = Array.from({ length: 100 }, (_, index) =>
      counted(compileFilter({ filters: [{ exact: { type: 'a' } }, { prefix: { source: `/${index}/` } }] })),
    )
    const index = attributeRouter(filters.map((filter, place) => route(`t${place}`, filter)))
    expect(namesOf(index, { type: 'a', source: '/50/x' })).toEqual(['t50'])
    expect(filters.filter(({ asked }) => asked > 0).length).toBeLessThan(10)
  })
  test('a filter that can never match never', () => {
    const filter = counted(compileFilter({ filters: [{ exact: { type: 'a' } }, { exact: { type: 'b' } }] }))
    expect(namesOf(attributeRouter([route('t', filter)]), { type: 'a' })).toEqual([])
    expect(filter.asked).toBe(0)
  })
  test('a filter that many routes have once', () => {
    const filter = counted(compileFilter({ filters: [{ cesql: 'amount > 10' }] }))
    const index = attributeRouter([
      route('a', filter),
      route('b', filter),
      route('c', compileFilter({ filters: [{ cesql: 'amount>10' }] })),
    ])
    expect(namesOf(index, { amount: '11' })).toEqual(['a', 'b', 'c'])
    expect(filter.asked).toBe(1)
  })
  test('a part that many filters have once', () => {
    const part = counted(compileFilter({ filters: [{ cesql: 'amount > 10' }] }))
    const routes = ['a', 'b', 'c'].map((name) => {
      const whole = compileFilter({ filters: [{ cesql: 'amount > 10' }, { suffix: { type: name } }] })
      const parts = whole.composition?.parts.map((own) => (own.text === part.text ? part : own)) ?? []
      return route(name, { ...whole, composition: { kind: 'all', parts } })
    })
    const index = attributeRouter(routes)
    expect(namesOf(index, { amount: '11', type: 'b' })).toEqual(['b'])
    expect(part.asked).toBe(1)
    index.update(routes.slice(0, 2))
    index.update(routes)
    expect(namesOf(index, { amount: '11', type: 'c' })).toEqual(['c'])
    expect(part.asked).toBe(2)
  })
})

describe('an update', () => {
  test('places what has changed and nothing else', () => {
    const filters = ['a', 'b', 'c', 'd'].map((type) =>
      counted(compileFilter({ filters: [{ exact: { type } }] })),
    )
    const [a, b, c, d] = filters.map((filter, place) => route(`t${place}`, filter))
    if (a === undefined || b === undefined || c === undefined || d === undefined)
      throw new Error('four routes')
    const index = attributeRouter([a, b, c])
    const placed = () => filters.map((filter) => filter.placed)
    expect(placed()).toEqual([1, 1, 1, 0])
    index.update([a, { ...b, filter: d.filter }, c])
    expect(placed()).toEqual([1, 1, 1, 1])
    expect(namesOf(index, { type: 'b' })).toEqual([])
    expect(namesOf(index, { type: 'd' })).toEqual(['t1'])
  })
  test('gives the routes of now, in the order of now', () => {
    const [a, b] = routesOf({ a: {}, b: {} })
    if (a === undefined || b === undefined) throw new Error('two routes')
    const index = attributeRouter([a, b])
    const faster = { ...a, inFlight: 5 }
    index.update([b, faster])
    expect(index.match({})).toEqual([b, faster])
  })
  test('an empty subject meets no condition', () => {
    const index = attributeRouter(
      routesOf({ a: { filters: [{ cesql: 'EXISTS subject' }] }, b: { attributes: { subject: '' } } }),
    )
    expect(namesOf(index, { subject: '' })).toEqual([])
    expect(namesOf(index, { subject: 'x' })).toEqual(['a', 'b'])
  })
})
