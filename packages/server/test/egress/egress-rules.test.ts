import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EgressRuleError, EgressRules } from '../../src/egress/egress-rules.ts'

describe('denied by default', () => {
  test.each([
    '169.254.169.254',
    '169.254.0.0',
    '169.254.255.255',
    'fe80::1',
    'fe80::1%eth0',
    'febf:ffff::1',
    'fd00:ec2::254',
    'fd00:ec2:0:0:0:0:0:23',
    'fd20:ce::254',
    '100.100.100.200',
    '168.63.129.16',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '0:0:0:0:0:ffff:a9fe:a9fe',
    '64:ff9b::169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
  ])('%s', (address) => {
    expect(new EgressRules().denial(address)).toEqual(expect.any(String))
  })

  test.each([
    '127.0.0.1',
    '0.0.0.0',
    '::1',
    '10.0.0.1',
    '192.168.0.1',
    '169.253.255.255',
    'fec0::1',
    'fd00::1',
  ])('not %s', (address) => {
    expect(new EgressRules().denial(address)).toBeUndefined()
  })

  test('what is no address', () => {
    expect(new EgressRules().denial('example.com')).toBe('not an address')
  })

  test('with the rule and what it is for', () => {
    expect(new EgressRules().denial('169.254.169.254')).toBe('169.254.0.0/16, link-local')
  })
})

describe('a denied block', () => {
  const rules = new EgressRules({ deny: ['127.0.0.0/8', '10.0.0.0/8', '::1', '2001:db8::/32'] })

  test.each([
    '127.0.0.1',
    '127.255.255.255',
    '10.1.2.3',
    '::1',
    '2001:db8::7',
    '::ffff:10.1.2.3',
    '64:ff9b::10.1.2.3',
    '2002:a01:203::',
  ])('holds %s', (address) => {
    expect(rules.denial(address)).toEqual(expect.any(String))
  })

  test('of loopback holds the unspecified addresses too, which lead there', () => {
    for (const address of ['0.0.0.0', '::', '::ffff:0.0.0.0']) expect(rules.denial(address)).toBeDefined()
  })

  test('does not hold its neighbours', () => {
    for (const address of ['126.255.255.255', '128.0.0.0', '11.0.0.0', '::2', '2001:db9::'])
      expect(rules.denial(address)).toBeUndefined()
  })
})

describe('an exception', () => {
  test('wins over what is denied by default and by flag', () => {
    const rules = new EgressRules({ deny: ['0.0.0.0/0', '::/0'], allow: ['10.1.0.0/16', '169.254.7.0/24'] })
    for (const address of ['10.1.2.3', '169.254.7.1']) expect(rules.denial(address)).toBeUndefined()
    for (const address of ['10.2.0.1', '169.254.8.1', '2001:db8::1'])
      expect(rules.denial(address)).toBeDefined()
  })

  test('of all IPv6 opens no IPv4 address that hides in one', () => {
    const rules = new EgressRules({ allow: ['::/0'] })
    expect(rules.denial('fe80::1')).toBeUndefined()
    for (const address of ['::ffff:169.254.169.254', '64:ff9b::a9fe:a9fe', '2002:a9fe:a9fe::1'])
      expect(rules.denial(address)).toBeDefined()
  })
})

test.each([
  [{ deny: ['10.0.0.0/40'] }, '--egress-deny is "10.0.0.0/40"; it is a block of addresses'],
  [{ allow: ['example.com'] }, '--egress-allow is "example.com"; it is a block of addresses'],
])('what is no block is refused by name', (options, message) => {
  expect(() => new EgressRules(options)).toThrow(message)
  expect(() => new EgressRules(options)).toThrow(EgressRuleError)
})

test('an IPv4 address is judged alike in every spelling that carries it', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, base, prefix) => {
      const rules = new EgressRules({ deny: [`${base}/${prefix}`] })
      const denied = rules.denial(address) !== undefined
      for (const spelled of [`::ffff:${address}`, `64:ff9b::${address}`])
        expect(rules.denial(spelled) !== undefined).toBe(denied)
    }),
  )
})
