import type { FastifyReply } from 'fastify'
import { problemJson, problemMediaType } from '../problem-json.ts'

/** Problems of the Admin API: code → status and title. Codes are for ever. */
export const adminProblems = {
  'admin-bad-request': { status: 400, title: 'The request cannot be read' },
  'admin-unauthorized': { status: 401, title: 'The admin token is missing or wrong' },
  'admin-not-found': { status: 404, title: 'There is no such endpoint' },
  'admin-no-such-kind': { status: 404, title: 'There is no such kind' },
  'admin-no-such-route': { status: 404, title: 'There is no such trigger' },
  'admin-no-such-dead-letter': { status: 404, title: 'There is no such dead letter' },
  'admin-no-such-key': { status: 404, title: 'The key is not parked' },
  'admin-no-such-job': { status: 404, title: 'There is no such job' },
  'admin-no-such-orphan': { status: 404, title: 'There is no such orphan' },
  'admin-no-such-source': { status: 404, title: 'There is no such source' },
  'admin-not-resettable': { status: 409, title: 'The source cannot be reset' },
  'admin-not-an-orphan': { status: 409, title: 'The route is part of the manifests' },
  'admin-job-ended': { status: 409, title: 'The job has ended' },
  'admin-paused-by-annotation': { status: 409, title: 'The manifests say that it is paused' },
  'admin-too-large': { status: 413, title: 'The request is too large' },
  'admin-media-type': { status: 415, title: 'The request is not JSON' },
  'admin-foreign-host': { status: 421, title: 'The host is not this server' },
  'admin-internal': { status: 500, title: 'The server failed' },
  'admin-store-unavailable': { status: 503, title: 'The store is not available' },
} as const

export type AdminProblemCode = keyof typeof adminProblems

/** Answers with a problem (RFC 9457); `detail` is a sentence that says what would be right. */
export function refuse(reply: FastifyReply, code: AdminProblemCode, detail: string): FastifyReply {
  const { status, title } = adminProblems[code]
  return reply.code(status).type(problemMediaType).send(problemJson({ code, status, title, detail }))
}
