import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Listens on a free port, and says which. */
export function sayPort(server: Server): void {
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    process.stdout.write(`${JSON.stringify({ port })}\n`)
  })
}
