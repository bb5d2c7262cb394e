import { CesqlSyntaxError, compileCesql } from '@millrace/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { printCesql } from '../../../src/filter/cesql/printer.ts'
import { events, expressions } from './arbitrary-cesql.ts'

/** As many runs as there is time for. */
const boxed = { numRuns: 1_000_000, interruptAfterTimeLimit: 1_000, markInterruptAsFailure: false }

/** Pieces that an expression could be made of, in any order. */
const soup = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'AND',
        'or',
        'NOT',
        'LIKE',
        'IN',
        'EXISTS',
        'TRUE',
        '(',
        ')',
        ',',
        '=',
        '<>',
        '!',
        '-',
        '+',
        '%',
      ),
      fc.constantFrom(
        "'a%'",
        '"b"',
        "'",
        '"',
        '\\',
        '1',
        '2147483648',
        'type',
        'LENGTH(',
        'SUBSTRING(',
        ' ',
        '\n',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 30 },
  )
  .map((pieces) => pieces.join(' '))

describe('fuzz', () => {
  test('any text is an expression or an error with its place', () => {
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ unit: 'binary' })), events, (text, event) => {
        const result = attempt(text)
        if (result instanceof CesqlSyntaxError) {
          expect(result.line).toBeGreaterThan(0)
          expect(result.line).toBeLessThanOrEqual(text.split('\n').length)
          expect(result.column).toBeGreaterThan(0)
        } else {
          expect(['string', 'number', 'boolean']).toContain(typeof result.evaluate(event).value)
        }
      }),
      boxed,
    )
  })
  test('evaluation never throws, and its value is of a type of the language', () => {
    fc.assert(
      fc.property(expressions, events, (tree, event) => {
        const { value, errors } = compileCesql(printCesql(tree)).evaluate(event)
        if (typeof value === 'number') expect(value | 0).toBe(value)
        else expect(['string', 'boolean']).toContain(typeof value)
        for (const { message } of errors) expect(message).not.toBe('')
      }),
      boxed,
    )
  })
  test('every place of an expression is evaluated at most once, on 64 KiB too', () => {
    const long = { type: 'a'.repeat(65_536), source: '/'.repeat(65_536), amount: '1', subject: 's' }
    fc.assert(
      fc.property(expressions, (tree) => {
        const read: string[] = []
        const counted = new Proxy(long, {
          get(target, name, receiver) {
            read.push(String(name))
            return Reflect.get(target, name, receiver) as unknown
          },
        })
        const text = printCesql(tree)
        compileCesql(text).evaluate(counted)
        for (const name of new Set(read)) {
          const places = text.match(new RegExp(`\\b${name}\\b`, 'g')) ?? []
          expect(read.filter((other) => other === name).length).toBeLessThanOrEqual(places.length)
        }
      }),
      boxed,
    )
  })
  test('the same expression on the same event gives the same result', () => {
    fc.assert(
      fc.property(expressions, events, (tree, event) => {
        const compiled = compileCesql(printCesql(tree))
        expect(compiled.evaluate(event)).toEqual(compiled.evaluate(event))
      }),
    )
  })
})

describe('a 64 KiB attribute under the largest expressions', () => {
  const event = { x: 'a'.repeat(65_536), y: `${' '.repeat(65_535)}a` }
  test.each([
    ['lengths', 'LENGTH(x) + '.repeat(600) + '1'],
    ['copies', `LENGTH(CONCAT(${'x, '.repeat(2_000)}x))`],
    ['cases', `${'UPPER(LOWER('.repeat(50)}x${'))'.repeat(50)} = x`],
    ['trims', `${'TRIM('.repeat(100)}y${')'.repeat(100)} = 'a'`],
    ['cuts', "RIGHT(x, 1) = 'a' AND ".repeat(350) + 'TRUE'],
    ['patterns', `x LIKE '${'%a_'.repeat(2_000)}b'`],
    ['casts', 'x = 1 OR '.repeat(800) + 'x'],
    ['sets', `x IN (${'x, '.repeat(2_000)}'b')`],
  ])('%s come to an end', (_, expression) => {
    expect(compileCesql(expression).evaluate(event)).toHaveProperty('value')
  })
})

function attempt(text: string): ReturnType<typeof compileCesql> | CesqlSyntaxError {
  try {
    return compileCesql(text)
  } catch (error) {
    if (error instanceof CesqlSyntaxError) return error
    throw error
  }
}
