import { once } from 'node:events'
import { createServer, connect, type AddressInfo, type Socket } from 'node:net'

/** A TCP proxy whose line can be cut, stalled and mended. */
export interface FaultProxy extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** Connections that are open now. */
  readonly connections: number
  /** Resets what is open and refuses what comes, until `mend()`. */
  cut(): void
  /** Keeps connections open and passes nothing on, until `mend()`. */
  stall(): void
  mend(): void
}

/** Opens a proxy on a free port of 127.0.0.1 in front of `target`. */
export async function faultProxy(target: { host?: string; port: number }): Promise<FaultProxy> {
  const pairs = new Set<{ client: Socket; upstream: Socket }>()
  let state: 'up' | 'cut' | 'stalled' = 'up'

  const server = createServer((client) => {
    if (state === 'cut') {
      client.resetAndDestroy()
      return
    }
    const upstream = connect({ host: target.host ?? '127.0.0.1', port: target.port })
    const pair = { client, upstream }
    pairs.add(pair)
    join(client, upstream, () => pairs.delete(pair))
    if (state === 'stalled') pause(pair)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  return {
    host: '127.0.0.1',
    port,
    get connections() {
      return pairs.size
    },
    cut() {
      state = 'cut'
      for (const { client, upstream } of pairs) {
        client.resetAndDestroy()
        upstream.resetAndDestroy()
      }
    },
    stall() {
      state = 'stalled'
      for (const pair of pairs) pause(pair)
    },
    mend() {
      state = 'up'
      for (const { client, upstream } of pairs) {
        client.pipe(upstream)
        upstream.pipe(client)
      }
    },
    async [Symbol.asyncDispose]() {
      for (const { client, upstream } of pairs) {
        client.destroy()
        upstream.destroy()
      }
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
}

function join(client: Socket, upstream: Socket, ended: () => void): void {
  client.pipe(upstream)
  upstream.pipe(client)
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    one.on('error', () => other.resetAndDestroy())
    one.on('close', () => {
      other.destroy()
      ended()
    })
  }
}

function pause({ client, upstream }: { client: Socket; upstream: Socket }): void {
  client.unpipe(upstream)
  upstream.unpipe(client)
  client.pause()
  upstream.pause()
}
