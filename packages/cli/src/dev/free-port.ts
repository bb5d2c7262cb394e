import { once } from 'node:events'
import { createServer } from 'node:net'
import type { HostAndPort } from '../option-values.ts'

/** The address itself, or where its port is taken, the same host with a free one. */
export async function freeAddress(address: HostAndPort): Promise<HostAndPort> {
  const probe = createServer().listen(address.port, address.host)
  try {
    await once(probe, 'listening')
    return address
  } catch {
    return { ...address, port: 0 }
  } finally {
    probe.close()
  }
}
