import type { IncomingMessage } from 'node:http'
import type { BodyBudget } from './body-budget.ts'
import { GrowingBuffer } from '../growing-buffer.ts'

/** How the reading of a body ended. Of `body` the budget holds its length: the caller gives it back. */
export type BodyResult =
  | { readonly kind: 'body'; readonly bytes: Uint8Array }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'no-room' }
  /** The producer hung up; there is nobody to answer. */
  | { readonly kind: 'gone' }

/**
 * Reads a request's body up to `limit` bytes. The budget is charged for what has arrived, not for what
 * a Content-Length announces: memory is taken for all that was announced once a quarter of it has come, and not before.
 */
export function readBody(
  request: IncomingMessage,
  limit: number,
  budget: BodyBudget,
  done: (result: BodyResult) => void,
): void {
  let body: GrowingBuffer | undefined = new GrowingBuffer(Number(request.headers['content-length'] ?? 0))

  // its listeners stay, and hold nothing: to take them away costs each request more than to be called in vain costs some
  function finish(result: BodyResult): void {
    const held = body?.length ?? 0
    body = undefined
    if (result.kind !== 'body') budget.give(held)
    done(result)
  }
  function onData(chunk: Uint8Array): void {
    if (body === undefined) return
    if (body.length + chunk.length > limit) return finish({ kind: 'too-large' })
    if (!budget.take(chunk.length)) return finish({ kind: 'no-room' })
    body.add(chunk)
  }
  function onEnd(): void {
    if (body !== undefined) finish({ kind: 'body', bytes: body.bytes })
  }
  function onClose(): void {
    if (body !== undefined) finish({ kind: 'gone' })
  }

  request.on('data', onData).on('end', onEnd).on('close', onClose)
}
