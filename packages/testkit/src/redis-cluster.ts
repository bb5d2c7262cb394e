import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { eventually } from './eventually.ts'
import { redisServer, type RedisServer, type RedisServerOptions } from './redis-server.ts'

const slots = 16_384

/** Three nodes on free ports, each with a third of the slots and no replica. */
export class RedisCluster implements AsyncDisposable {
  readonly nodes: readonly RedisServer[]
  readonly ports: readonly number[]

  constructor(nodes: readonly RedisServer[], ports: readonly number[]) {
    this.nodes = nodes
    this.ports = ports
  }

  storeUrl(name = 'millrace'): string {
    return `redis-cluster://${this.ports.map((port) => `127.0.0.1:${port}`).join(',')}?name=${name}`
  }

  /** Index of the node that has a key's slot. */
  async ownerOf(key: string): Promise<number> {
    const owners = await Promise.all(this.nodes.map((node) => node.ask('EXISTS', key)))
    return owners.findIndex((answer) => answer.startsWith(':'))
  }

  /** Moves a key's slot with its keys to another node, as `redis-cli --cluster reshard` does it. */
  async move(key: string, to: number): Promise<void> {
    const from = await this.ownerOf(key)
    const [source, target] = [this.nodes[from], this.nodes[to]]
    if (source === undefined || target === undefined || from === to)
      throw new Error('there is nothing to move')
    const slot = numberOf(await source.ask('CLUSTER', 'KEYSLOT', key))
    const [sourceId, targetId] = await Promise.all([idOf(source), idOf(target)])
    await ok(target, 'CLUSTER', 'SETSLOT', slot, 'IMPORTING', sourceId)
    await ok(source, 'CLUSTER', 'SETSLOT', slot, 'MIGRATING', targetId)
    for (;;) {
      const keys = bulksOf(await source.ask('CLUSTER', 'GETKEYSINSLOT', slot, 10))
      if (keys.length === 0) break
      await source.ask('MIGRATE', '127.0.0.1', this.ports[to] ?? 0, '', 0, 5_000, 'KEYS', ...keys)
    }
    for (const node of [target, source, ...this.nodes])
      await ok(node, 'CLUSTER', 'SETSLOT', slot, 'NODE', targetId)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const node of this.nodes) await node[Symbol.asyncDispose]()
  }
}

/** Starts a cluster and waits until each of its nodes finds it well. */
export async function redisCluster(options: Pick<RedisServerOptions, 'command'> = {}): Promise<RedisCluster> {
  const ports = await freePorts(6)
  const nodes: RedisServer[] = []
  const cluster = new RedisCluster(nodes, ports.slice(0, 3))
  try {
    for (const [n, port] of cluster.ports.entries()) {
      const bus = ['--cluster-port', String(ports[n + 3])]
      const args = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000', ...bus]
      const node = await redisServer({ ...options, port, args })
      nodes.push(node)
      const first = Math.floor((n * slots) / 3)
      await ok(node, 'CLUSTER', 'ADDSLOTSRANGE', first, Math.floor(((n + 1) * slots) / 3) - 1)
      await ok(node, 'CLUSTER', 'SET-CONFIG-EPOCH', n + 1)
    }
    for (const [n, port] of cluster.ports.entries())
      if (n > 0) await ok(nodes[0]!, 'CLUSTER', 'MEET', '127.0.0.1', port, ports[n + 3] ?? 0)
    for (const node of nodes)
      await eventually(
        async () => {
          const info = await node.ask('CLUSTER', 'INFO')
          return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3')
        },
        { timeoutMs: 30_000 },
      )
  } catch (error) {
    await cluster[Symbol.asyncDispose]()
    throw error
  }
  return cluster
}

async function ok(node: RedisServer, ...words: readonly (string | number)[]): Promise<void> {
  const answer = await node.ask(...words)
  if (!answer.startsWith('+OK')) throw new Error(`${words.join(' ')}: ${answer}`)
}

async function idOf(node: RedisServer): Promise<string> {
  return bulksOf(`*1\r\n${await node.ask('CLUSTER', 'MYID')}`)[0] ?? ''
}

function numberOf(answer: string): number {
  return Number(answer.slice(1))
}

/** The texts of a list of texts; none of them has an end of line in it. */
function bulksOf(answer: string): string[] {
  const lines = answer.split('\r\n')
  return lines.filter((_, n) => lines[n - 1]?.startsWith('$') === true)
}

/** Ports that were free a moment ago. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const held = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(held.map((server) => once(server, 'listening')))
  const ports = held.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(held.map((server) => once(server.close(), 'close')))
  return ports
}
