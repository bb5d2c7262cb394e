import { once } from 'node:events'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import { eventually, exchange } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { createServer, SettingError } from '../src/index.ts'

const free = { host: '127.0.0.1', port: 0 }
const quiet = { store: 'memory:', admin: free, logLevel: 'silent' } as const

test('two servers in one process, each ends with its scope', async () => {
  let closed: string
  await using other = createServer({ ...quiet, listen: free })
  const { admin } = await other.start()
  {
    await using millrace = createServer({ ...quiet, listen: free })
    const { ingress } = await millrace.start()
    expect((await exchange('GET', ingress)).status).toBe(404)
    closed = ingress
  }
  await expect(exchange('GET', closed)).rejects.toThrow('ECONNREFUSED')
  expect((await exchange('GET', `${admin}/readyz`)).status).toBe(200)
})

test('a start that fails leaves nothing open', async () => {
  await using taken = createTcpServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const listen = { host: '127.0.0.1', port: (taken.address() as AddressInfo).port }
  const admin = await freePort()
  const millrace = createServer({ ...quiet, listen, admin })
  await expect(millrace.start()).rejects.toThrow('EADDRINUSE')
  await eventually(() =>
    expect(exchange('GET', `http://127.0.0.1:${admin.port}/livez`)).rejects.toThrow('ECONNREFUSED'),
  )
})

test('a wrong setting is refused before anything begins', () => {
  expect(() => createServer({ file: ['manifests/'] } as object)).toThrow(SettingError)
})

async function freePort(): Promise<typeof free> {
  const server = createTcpServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return { ...free, port }
}
