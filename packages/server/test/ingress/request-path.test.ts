import { expect, test } from 'vitest'
import { requestPath } from '../../src/ingress/request-path.ts'

test.each([
  ['/a/b', '/a/b'],
  ['/a/b?c=d', '/a/b'],
  ['/a/b/', '/a/b'],
  ['/a/b/?c', '/a/b'],
  ['/a/b?c=/d/', '/a/b'],
  ['/', '/'],
  ['/?x', '/'],
  ['//a/b', '//a/b'],
  ['http://host:8080/a/b?c', '/a/b'],
  ['HTTPS://host/a/b', '/a/b'],
  ['http://host', ''],
  ['*', '*'],
  ['', ''],
])('of the target %j the path is %j', (target, path) => {
  expect(requestPath(target)).toBe(path)
})
