import { expect, test } from 'vitest'
import { parseCidr } from '../../src/egress/cidr.ts'

test.each([
  ['10.0.0.0/8', '10.0.0.0', 8, 'ipv4'],
  ['192.0.2.7', '192.0.2.7', 32, 'ipv4'],
  [' 0.0.0.0/0 ', '0.0.0.0', 0, 'ipv4'],
  ['fd00::/8', 'fd00::', 8, 'ipv6'],
  ['::1', '::1', 128, 'ipv6'],
  ['::ffff:10.0.0.0/104', '10.0.0.0', 8, 'ipv4'],
  ['::ffff:0:0/95', '::ffff:0:0', 95, 'ipv6'],
])('%s is a block of addresses', (text, address, prefix, family) => {
  expect(parseCidr(text)).toEqual({ address: { text: address, family }, prefix })
})

test.each([
  '',
  '10.0.0.0/33',
  'fd00::/129',
  '10.0.0/8',
  '10.0.0.0/',
  '10.0.0.0/-1',
  '10.0.0.0/8/8',
  '010.0.0.0/8',
  'example.com',
  'fe80::1%eth0',
  '[::1]',
])('"%s" is none', (text) => {
  expect(parseCidr(text)).toBeUndefined()
})
