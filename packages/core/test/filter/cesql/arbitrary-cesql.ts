import fc from 'fast-check'

import { functionNames, functionOf } from '../../../src/filter/cesql/functions.ts'
import { levels } from '../../../src/filter/cesql/tree.ts'
import type { Expression, Level } from '../../../src/filter/cesql/tree.ts'

/** Names that events of the tests have, or lack. */
export const attributeNames = ['type', 'source', 'subject', 'amount', 'flag', 'in2', '2nd', 'left'] as const

const names = fc.constantFrom(...attributeNames)

/** What a string literal can hold: a backslash is always followed by another character. */
const strings = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('a', 'b', 'a.b', '/a', 'true', 'FALSE', '1', '01', '-1', '', '2147483648'),
  },
  fc
    .array(
      fc.constantFrom(
        'a',
        ' ',
        "'",
        '"',
        '%',
        '_',
        '😀',
        '\n',
        String.raw`\\`,
        String.raw`\a`,
        String.raw`\%`,
      ),
    )
    .map((pieces) => pieces.join('')),
)

const literals: fc.Arbitrary<Expression> = fc
  .oneof(
    strings,
    fc.boolean(),
    fc.constantFrom(0, 1, -1, 7),
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  )
  .map((value) => ({ kind: 'literal', value: value === 0 ? 0 : value }))

/** Expressions of every shape that can be written. */
export const expressions: fc.Arbitrary<Expression> = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    names.map((name): Expression => ({ kind: 'attribute', name })),
    literals,
    names.map((name): Expression => ({ kind: 'exists', name })),
    fc.record({ kind: fc.constantFrom('not', 'negate'), operand: tie('tree') }),
    fc.record({ kind: fc.constant('like'), operand: tie('tree'), negated: fc.boolean(), pattern: strings }),
    fc.record({
      kind: fc.constant('in'),
      operand: tie('tree'),
      negated: fc.boolean(),
      set: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
    }),
    ...(Object.keys(levels) as Level[]).map((level) => chains(level, tie('tree'))),
    calls(tie('tree')),
  ),
})).tree

function chains(level: Level, tree: fc.Arbitrary<Expression>): fc.Arbitrary<Expression> {
  return fc.record({
    kind: fc.constant('chain'),
    level: fc.constant(level),
    first: tree,
    links: fc.array(fc.record({ operator: fc.constantFrom(...levels[level]), operand: tree }), {
      minLength: 1,
      maxLength: 3,
    }),
  })
}

function calls(tree: fc.Arbitrary<Expression>): fc.Arbitrary<Expression> {
  const args = fc.array(tree, { maxLength: 3 })
  return fc
    .record({ kind: fc.constant('call'), name: fc.constantFrom(...functionNames), args })
    .filter((call) => typeof functionOf(call.name, call.args.length) !== 'string')
}

/** Attributes of an event, text as from headers and the types of JSON. */
export const events = fc
  .record(
    {
      type: fc.constantFrom('a', 'b', 'a.b', 'a.c', '1', 'true'),
      source: fc.constantFrom('/a', '/a/b', 'b', ''),
      subject: fc.constantFrom('', 'a', 'FALSE', "it's"),
      amount: fc.oneof(
        fc.constantFrom('1', '01', '-1', '7', 'x', '2147483648'),
        fc.constantFrom(0, 1, 7, -1),
      ),
      flag: fc.constantFrom('true', 'TRUE', 'no', true, false),
      in2: fc.string({ maxLength: 4 }),
      '2nd': fc.string({ unit: 'binary', maxLength: 4 }),
    },
    { requiredKeys: ['type', 'source'] },
  )
  .map((attributes) =>
    Object.assign(Object.create(null) as Record<string, string | number | boolean>, attributes),
  )
