import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { buildConnector } from 'undici'
import { describe, expect, test } from 'vitest'
import { EgressRules } from '../../src/egress/egress-rules.ts'
import { EgressDeniedError, guardedConnector, type Resolve } from '../../src/egress/guarded-connector.ts'

/** Counts the connections to its port on every address of this machine. */
interface Listener extends AsyncDisposable {
  readonly port: number
  /** Where each connection came in. */
  readonly connections: string[]
}

async function listener(): Promise<Listener> {
  const connections: string[] = []
  const server = createServer((socket) => {
    connections.push(socket.localAddress ?? '')
    socket.on('error', () => undefined).destroy()
  })
  server.listen(0, '0.0.0.0')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
}

/** Opens a connection as undici does for this URL, and closes it. */
async function open(url: string, rules: EgressRules, lookup?: Resolve): Promise<void> {
  const connect = guardedConnector({ rules, timeoutMs: 5_000, ...(lookup === undefined ? {} : { lookup }) })
  const { protocol, hostname, host, port } = new URL(url)
  const opened = Promise.withResolvers<void>()
  connect({ protocol, hostname: hostname.replace(/^\[|\]$/g, ''), host, port }, (error, socket) => {
    if (error === null) {
      socket.on('error', () => undefined).destroy()
      opened.resolve()
    } else opened.reject(error)
  })
  await opened.promise
}

/** A resolver with these answers, one after the other; the last one stays. */
function resolver(...answers: string[][]): Resolve & { asked: number } {
  const resolve = Object.assign(
    ((_hostname, _options, callback) => {
      const addresses = answers[Math.min(resolve.asked++, answers.length - 1)] ?? []
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )
    }) as Resolve,
    { asked: 0 },
  )
  return resolve
}

const open127 = new EgressRules()
const closed127 = new EgressRules({ deny: ['127.0.0.0/8', '::1'] })

describe('an address in a URL', () => {
  test.each([
    ['plain', '127.0.0.1'],
    ['decimal', '2130706433'],
    ['octal', '0177.0.0.01'],
    ['hexadecimal', '0x7f.0.0.1'],
    ['shortened', '127.1'],
    ['with a dot at its end', '127.0.0.1.'],
    ['in full-width digits', '１２７.0.0.1'],
    ['percent-coded', '%31%32%37.0.0.1'],
    ['mapped into IPv6', '[::ffff:127.0.0.1]'],
    ['mapped, in hexadecimal', '[::ffff:7f00:1]'],
    ['unspecified', '0.0.0.0'],
    ['another of the block', '127.1.2.3'],
  ])('%s is denied, and no connection is made', async (_spelling, host) => {
    await using there = await listener()
    await open(`http://${host}:${there.port}/`, open127)
    expect(there.connections).toHaveLength(1)
    await expect(open(`http://${host}:${there.port}/`, closed127)).rejects.toThrow(EgressDeniedError)
    await expect(open(`https://${host}:${there.port}/`, closed127)).rejects.toThrow(EgressDeniedError)
    expect(there.connections).toHaveLength(1)
  })

  test.each([
    '169.254.169.254',
    '2852039166',
    '0251.0376.0251.0376',
    '[::ffff:169.254.169.254]',
    '[fd00:ec2::254]',
    '[fe80::1]',
  ])('%s is denied without any rule of ours', async (host) => {
    await expect(open(`http://${host}/latest/meta-data/`, new EgressRules())).rejects.toThrow(
      'is denied by the egress rules (',
    )
  })

  test('says which one, by which rule, and what would be right', async () => {
    await expect(open('http://169.254.169.254/', new EgressRules())).rejects.toThrow(
      '169.254.169.254 is denied by the egress rules (169.254.0.0/16, link-local); --egress-allow makes exceptions',
    )
  })
})

describe('a name', () => {
  test.each(['http', 'https'])(
    'that resolves to a denied address gets no connection over %s',
    async (scheme) => {
      await using there = await listener()
      const url = `${scheme}://inside.test:${there.port}/`
      const denied = open(url, closed127, resolver(['127.0.0.1']))
      await expect(denied).rejects.toThrow(
        'inside.test (127.0.0.1) is denied by the egress rules (127.0.0.0/8)',
      )
      await expect(open(url, new EgressRules(), resolver(['169.254.169.254']))).rejects.toThrow(
        EgressDeniedError,
      )
      await expect(open(url, closed127, resolver(['::ffff:127.0.0.1']))).rejects.toThrow(EgressDeniedError)
      expect(there.connections).toEqual([])
    },
  )

  test('is connected to over http and over https where its address is allowed', async () => {
    await using there = await listener()
    await open(`http://inside.test:${there.port}/`, open127, resolver(['127.0.0.1']))
    // the listener speaks no TLS: the connection itself is what counts
    await expect(
      open(`https://inside.test:${there.port}/`, open127, resolver(['127.0.0.1'])),
    ).rejects.not.toThrow(EgressDeniedError)
    expect(there.connections).toHaveLength(2)
  })

  test('with several addresses gets those that are allowed', async () => {
    await using there = await listener()
    const rules = new EgressRules({ deny: ['127.0.0.1'] })
    await open(`http://inside.test:${there.port}/`, rules, resolver(['127.0.0.1', '127.0.0.2']))
    expect(there.connections).toEqual(['127.0.0.2'])
  })

  test('that resolves otherwise a moment later leads where the judged answer said', async () => {
    await using there = await listener()
    const rules = new EgressRules({ deny: ['127.0.0.2'] })
    const changing = resolver(['127.0.0.1'], ['127.0.0.2'])
    await open(`http://rebound.test:${there.port}/`, rules, changing)
    expect(changing.asked).toBe(1)
    await expect(open(`http://rebound.test:${there.port}/`, rules, changing)).rejects.toThrow(
      EgressDeniedError,
    )
    expect(there.connections).toEqual(['127.0.0.1'])
  })

  test('that does not resolve fails with what the resolver says', async () => {
    const nowhere: Resolve = (_hostname, _options, callback) =>
      callback(Object.assign(new Error('getaddrinfo ENOTFOUND nowhere.test'), { code: 'ENOTFOUND' }), [])
    await expect(open('http://nowhere.test/', open127, nowhere)).rejects.toThrow('ENOTFOUND nowhere.test')
  })
})

test.each(['ftp', 'file', 'gopher'])('%s is denied', async (scheme) => {
  await expect(open(`${scheme}://127.0.0.1/x`, open127)).rejects.toThrow(
    `${scheme}:// is denied by the egress rules (http and https only)`,
  )
})

test('undici still hands a connector the resolver that it was built with', async () => {
  const asked: string[] = []
  const connect = buildConnector({
    timeout: 1_000,
    lookup: (hostname, _options, callback) => {
      asked.push(hostname)
      callback(new Error('none'), [])
    },
  })
  for (const protocol of ['http:', 'https:']) {
    const done = Promise.withResolvers<void>()
    connect({ protocol, hostname: 'a.test', host: 'a.test', port: '1' }, () => done.resolve())
    await done.promise
  }
  expect(asked).toEqual(['a.test', 'a.test'])
})
