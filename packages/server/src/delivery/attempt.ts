import type { Dispatcher } from 'undici'
import { GrowingBuffer } from '../growing-buffer.ts'
import type { SinkFailureCode } from '../sink-sends.ts'
import type { Connection, Connections } from './connections.ts'
import { lostKeepAliveRace } from './connector.ts'
import type { Deadline, Expiring } from './deadlines.ts'
import { refusedHint } from './refused-hint.ts'

/** What came of one request. `status` and `error` exclude each other; a sink that is no HTTP has no status either way. */
export interface AttemptResult {
  readonly status: number | undefined
  /** Flat, names as they came, values latin1. */
  readonly headers: readonly string[]
  /** Of what is not to be kept whole, the beginning. */
  readonly body: Uint8Array
  /** The body went on beyond the limit and was cut. */
  readonly truncated: boolean
  /** Why there was no (whole) response: `timeout after 10000 ms`, `connect ECONNREFUSED 127.0.0.1:9000`. */
  readonly error: string | undefined
  readonly failure: SinkFailureCode | 'aborted' | undefined
  readonly ms: number
}

export interface AttemptRequest {
  readonly origin: string
  readonly path: string
  readonly headers: string[]
  readonly body: Uint8Array | undefined
  readonly deadline: Deadline
  readonly bodyLimitBytes: number
  /** Whether what is sent is still this process's to send; looked at when the connection is there. */
  readonly holds?: () => boolean
  /** Whether the body of such an answer is wanted whole. */
  readonly wantsBody: (status: number, headers: readonly string[]) => boolean
}

/** Of a body that is not wanted whole: what fits into `knativeerrordata`. */
export const keptBodyBytes = 768
/** Interim answers before the answer; what sends more will not come to an end. */
const mostInterim = 32

const noBody = new Uint8Array(0)

class AttemptTimeout extends Error {}
class BodyLimit extends Error {}
class TooManyInterim extends Error {
  override readonly message = `more than ${mostInterim} interim answers (1xx)`
}
/** The process stops, or its lease is over: what was to be sent is not counted. */
export class AttemptAborted extends Error {}

/** Makes one request and answers exactly once, never throws. */
export function attempt(
  connections: Connections,
  request: AttemptRequest,
  done: (result: AttemptResult) => void,
): void {
  new Attempt(connections, request, done).send()
}

class Attempt implements Dispatcher.DispatchHandler, Expiring {
  readonly #connections: Connections
  readonly #request: AttemptRequest
  readonly #done: (result: AttemptResult) => void
  begunAt = 0
  place = -1
  #connection: Connection | undefined
  #controller: Dispatcher.DispatchController | undefined
  #status: number | undefined
  #headers: readonly string[] = []
  #body: GrowingBuffer | undefined
  #length = 0
  #keptBytes = 0
  #interim = 0
  #retried = false
  #timedOut = false
  #finished = false

  constructor(connections: Connections, request: AttemptRequest, done: (result: AttemptResult) => void) {
    this.#connections = connections
    this.#request = request
    this.#done = done
  }

  send(): void {
    const { origin, path, headers, body, deadline } = this.#request
    if (!this.#retried) deadline.enter(this)
    const connection = this.#connections.take(origin)
    this.#connection = connection
    connection.dispatch(
      { origin, path, method: 'POST', headers, body: body ?? null, headersTimeout: 0, bodyTimeout: 0 },
      this,
    )
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#timedOut) controller.abort(new AttemptTimeout())
    else if (this.#request.holds?.() === false) controller.abort(new AttemptAborted('its lease is over'))
  }

  onResponseStart(controller: Dispatcher.DispatchController, statusCode: number): void {
    if (statusCode < 200) {
      this.#interim += 1
      if (this.#interim > mostInterim) controller.abort(new TooManyInterim())
      return
    }
    const { wantsBody, bodyLimitBytes } = this.#request
    this.#status = statusCode
    this.#headers = flat(controller.rawHeaders)
    this.#keptBytes = wantsBody(statusCode, this.#headers) ? bodyLimitBytes : keptBodyBytes
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const body = (this.#body ??= new GrowingBuffer())
    const room = this.#keptBytes - body.length
    if (room > 0) body.add(chunk.length > room ? chunk.subarray(0, room) : chunk)
    this.#length += chunk.length
    if (this.#length > this.#request.bodyLimitBytes) controller.abort(new BodyLimit())
  }

  onResponseEnd(): void {
    this.#connections.giveBack(this.#request.origin, this.#connection!)
    this.#finish(undefined, undefined)
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#connections.discard(this.#connection!)
    if (error instanceof BodyLimit) return this.#finish(undefined, undefined)
    if (error instanceof AttemptAborted) return this.#finish(error.message, 'aborted')
    if (error instanceof AttemptTimeout)
      return this.#finish(`timeout after ${this.#request.deadline.afterMs} ms`, 'timeout')
    if (this.#status === undefined && !this.#retried && !this.#finished && lostKeepAliveRace(error)) {
      // the peer closed an idle connection just as we wrote to it: not a failure of the subscriber
      this.#retried = true
      return this.send()
    }
    this.#finish(describe(error) + refusedHint(this.#request.origin, error), 'connection')
  }

  expired(): void {
    this.#timedOut = true
    this.#controller?.abort(new AttemptTimeout())
    // still waiting for a connection: nothing can be aborted, the attempt is over all the same
    if (this.#controller === undefined)
      this.#finish(`timeout after ${this.#request.deadline.afterMs} ms`, 'timeout')
  }

  #finish(error: string | undefined, failure: AttemptResult['failure']): void {
    if (this.#finished) return
    this.#finished = true
    this.#request.deadline.leave(this)
    this.#done({
      status: error === undefined ? this.#status : undefined,
      headers: this.#headers,
      body: this.#body?.bytes ?? noBody,
      truncated: this.#length > this.#request.bodyLimitBytes,
      error,
      failure,
      ms: performance.now() - this.begunAt,
    })
  }
}

function flat(raw: Dispatcher.DispatchController['rawHeaders']): readonly string[] {
  if (!Array.isArray(raw)) return Object.entries(raw ?? {}).flatMap(([name, value]) => pairs(name, value))
  return raw.map((part) => (typeof part === 'string' ? part : part.toString('latin1')))
}

function pairs(name: string, value: string | string[] | undefined): string[] {
  return [value ?? []].flat().flatMap((one) => [name, one])
}

/** A connection error in words; several addresses that all failed are named one by one. */
function describe(error: Error): string {
  if (error instanceof AggregateError && error.errors.length > 0)
    return error.errors.map((each) => (each instanceof Error ? each.message : String(each))).join('; ')
  return error.message === '' ? error.name : error.message
}
