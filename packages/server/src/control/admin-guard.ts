import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isLoopback } from './admin-address.ts'
import { refuse } from './admin-problems.ts'

const reading = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Who may ask. With a token, whatever changes anything must bring it. Without one (the port is on
 * loopback), the Host must be a loopback name: a page in a browser of this machine that has its own name
 * pointed at 127.0.0.1 reads and changes nothing.
 */
export function adminGuard(token: string | undefined) {
  const expected = token === undefined || token === '' ? undefined : digest(token)
  return function guard(request: FastifyRequest, reply: FastifyReply, next: () => void): void {
    if (expected === undefined) {
      if (isLoopback(request.hostname)) return next()
      refuse(
        reply,
        'admin-foreign-host',
        'without MILLRACE_ADMIN_TOKEN the Host has to be localhost or 127.0.0.1',
      )
      return
    }
    if (reading.has(request.method) || bears(request.headers.authorization, expected)) return next()
    reply.header('www-authenticate', 'Bearer')
    refuse(reply, 'admin-unauthorized', 'send the header authorization: Bearer MILLRACE_ADMIN_TOKEN')
  }
}

function bears(authorization: string | undefined, expected: Buffer): boolean {
  const [, token] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? []
  return token !== undefined && timingSafeEqual(digest(token), expected)
}

/** Of equal length whatever the token, as the comparison needs. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
