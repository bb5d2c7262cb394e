import { styleText } from 'node:util'
import { expect, test } from 'vitest'
import { table } from '../src/table.ts'

test('columns are as wide as their widest cell, and lines end without spaces', () => {
  const rows = [
    ['NAME', 'READY', 'URL'],
    ['default', 'True', ''],
  ]
  expect(table(rows)).toEqual(['NAME     READY  URL', 'default  True'])
})

test('colours take no room', () => {
  const red = styleText('red', 'no', { validateStream: false })
  expect(
    table([
      [red, 'a'],
      ['long', 'b'],
    ]),
  ).toEqual([`${red}    a`, 'long  b'])
})
