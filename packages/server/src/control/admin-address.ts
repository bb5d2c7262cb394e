import { BlockList, isIP } from 'node:net'

/** The admin port would be open to others without a token. */
export class OpenAdminError extends Error {}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')

/** Whether only this machine reaches the host: a loopback address or `localhost`. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  const family = isIP(bare)
  if (family === 0) return bare.toLowerCase() === 'localhost'
  return loopback.check(bare, family === 6 ? 'ipv6' : 'ipv4')
}

/**
 * Everybody who reaches the admin port can change things: beyond loopback it takes a token.
 * @throws {OpenAdminError}
 */
export function requireTokenBeyondLoopback(host: string, token: string | undefined): void {
  if (isLoopback(host) || (token !== undefined && token !== '')) return
  throw new OpenAdminError(
    `the admin address ${host} is reachable from other machines, and MILLRACE_ADMIN_TOKEN is not set: ` +
      'set it, or listen on 127.0.0.1',
  )
}
