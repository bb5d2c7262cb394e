import { compileCesql } from '@millrace/core'
import type { Attributes } from '@millrace/core'
import { describe, expect, test } from 'vitest'

/** What the cases are evaluated on. */
export const event: Attributes = {
  specversion: '1.0',
  id: 'a-1',
  source: '/shop/eu',
  type: 'com.shop.order.created',
  subject: 'orders/17',
  time: '2026-11-22T18:09:12.123456789Z',
  hop: '3',
  ttl: '12',
  yes: 'true',
  no: 'False',
  empty: '',
  count: 7,
  flag: true,
  name: 'Zoë 😀',
  '2nd': 'two',
}

/** An expression, its value and the kinds of its errors. */
export type Case = readonly [expression: string, value: string | number | boolean, ...errors: string[]]

/** A rule of the language with the cases that show it. */
export function rule(name: string, cases: readonly Case[]): void {
  describe.each([name])('%s', () => {
    test.each(cases.map((row) => [row[0], row] as const))('%s', (_, [expression, value, ...errors]) => {
      const result = compileCesql(expression).evaluate(event)
      expect({ value: result.value, errors: result.errors.map(({ kind }) => kind) }).toEqual({
        value,
        errors,
      })
    })
  })
}
