import { expect, test } from 'vitest'
import { importsOf, packageOf } from './source-files.ts'

test('every form of an import is read, those of types marked as lazy', () => {
  const text = `
    import { a } from './a.ts'
    import type { B } from '@millrace/b'
    import type * as C from 'c'
    import d, { type D } from "d"
    import {
      e,
    } from 'node:e'
    import 'f'
    export { g } from './g.ts'
    export type * from './h.ts'
    const i = await import('i')
    // import { no } from 'comment'
    /* import { no } from 'comment' */
  `
  const found = importsOf(text).map(({ specifier, lazy }) => (lazy ? `${specifier} lazily` : specifier))
  expect(found).toEqual([
    './a.ts',
    '@millrace/b lazily',
    'c lazily',
    'd',
    'node:e',
    'f',
    './g.ts',
    './h.ts lazily',
    'i lazily',
  ])
})

test('a package is named without its doors', () => {
  expect(packageOf('@millrace/storage/conformance')).toBe('@millrace/storage')
  expect(packageOf('ajv/dist/2020.js')).toBe('ajv')
})
