import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  admitTtl,
  printable,
  problem,
  readHttpEvent,
  type Addressable,
  type EventRecord,
  type Problem,
} from '@millrace/core'
import type { Refusal } from '@millrace/storage'
import type { Channels } from '../observability/channels.ts'
import { passedHeaders } from '../passed-headers.ts'
import { problemAnswer, send, sendEarly } from './answer.ts'
import type { BodyBudget } from './body-budget.ts'
import { explainPlainRequest } from './plain-request.ts'
import { isLastAnswer } from './connection.ts'
import { waitsForContinue } from './expectation.ts'
import { checkProducerToken } from './producer-token.ts'
import { readBody } from './read-body.ts'

/** What accepting came to, as far as a producer is told. */
export type Accepted =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'invalid'; readonly problem: Problem }
  | Refusal

export interface EventEndpointOptions {
  readonly accept: (addressable: Addressable, records: readonly EventRecord[]) => Promise<Accepted>
  readonly channels: Channels
  readonly budget: BodyBudget
  readonly bodyBytes: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Ingress is closing: each answer ends its connection. */
  readonly closing: () => boolean
  /** Where ingress is reached, for the example in an answer. */
  readonly url: () => string
  readonly log: { error(fields: object, message: string): void }
}

/** One request for an addressable. */
interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly addressable: Addressable
}

const acknowledged = ['content-length', '0']
const acknowledgedLast = ['content-length', '0', 'connection', 'close']
const busyRetryAfter = ['retry-after', '1']

/** Takes the POST of events to an addressable: 202 when all are stored, a problem otherwise. */
export class EventEndpoint {
  readonly #options: EventEndpointOptions

  constructor(options: EventEndpointOptions) {
    this.#options = options
  }

  handle(request: IncomingMessage, response: ServerResponse, addressable: Addressable): void {
    const { bodyBytes, budget } = this.#options
    const exchange: Exchange = { request, response, addressable }
    const refused = checkProducerToken(addressable, request.headers.authorization)
    if (refused !== undefined) return this.#refuse(exchange, refused.problem, refused.headers)
    const early = this.#beforeBody(request)
    if (early !== undefined) return this.#refuse(exchange, early)
    if (waitsForContinue(request)) response.writeContinue()
    readBody(request, bodyBytes, budget, (result) => {
      switch (result.kind) {
        case 'body':
          return this.#take(exchange, result.bytes)
        case 'too-large':
          return this.#refuse(exchange, this.#tooLarge())
        case 'no-room':
          return this.#refuse(
            exchange,
            problem('busy', 'too many bodies are being read, send it again'),
            busyRetryAfter,
          )
        case 'gone':
          return
      }
    })
  }

  /** What can be said without the body is said before it is read. */
  #beforeBody({ headers }: IncomingMessage): Problem | undefined {
    const coding = headers['content-encoding']
    if (coding !== undefined && coding.toLowerCase() !== 'identity')
      return problem(
        'content-encoding',
        `content-encoding ${printable(coding)} is not taken: send the body as it is`,
      )
    const length = headers['content-length']
    return length !== undefined && Number(length) > this.#options.bodyBytes ? this.#tooLarge() : undefined
  }

  #take(exchange: Exchange, body: Uint8Array): void {
    const { accept, budget, log } = this.#options
    const read = this.#read(exchange, body)
    if (read.kind === 'problem') {
      budget.give(body.length)
      return this.#refuse(exchange, read.problem)
    }
    accept(exchange.addressable, read.records).then(
      (accepted) => {
        budget.give(body.length)
        if (accepted.kind === 'invalid') this.#refuse(exchange, accepted.problem)
        else if (accepted.kind === 'refused')
          this.#refuse(exchange, refusalProblem(accepted), retryAfter(accepted))
        else this.#acknowledge(exchange.response)
      },
      (err: unknown) => {
        budget.give(body.length)
        log.error({ err, addressable: exchange.addressable.path }, 'accepting an event failed unexpectedly')
        this.#refuse(exchange, problem('internal', 'the event was not taken; the log of the server says why'))
      },
    )
  }

  /** All events of the message, or the problem of the first that cannot be taken. */
  #read({ request, addressable }: Exchange, body: Uint8Array): ReadRecords {
    const { rawHeaders } = request
    const read = readHttpEvent(rawHeaders, body)
    if (read.kind === 'problem')
      return {
        kind: 'problem',
        problem: explainPlainRequest(read.problem, this.#options.url() + addressable.path),
      }
    const headers = passedHeaders(rawHeaders)
    const acceptedAt = this.#options.now()
    const records: EventRecord[] = []
    for (const [index, event] of read.events.entries()) {
      const admitted = admitTtl(event)
      if (admitted.kind === 'spent')
        return {
          kind: 'problem',
          problem: read.mode === 'batch' ? { ...admitted.problem, index } : admitted.problem,
        }
      records.push({ event: admitted.event, headers, acceptedAt })
    }
    return { kind: 'records', records }
  }

  #acknowledge(response: ServerResponse): void {
    const last = this.#options.closing()
    if (last) isLastAnswer(response)
    response.writeHead(202, last ? acknowledgedLast : acknowledged)
    response.end()
  }

  #refuse(
    { request, response, addressable }: Exchange,
    refused: Problem,
    headers: readonly string[] = [],
  ): void {
    const answer = problemAnswer(refused, headers)
    if (request.complete) send(response, answer, this.#options.closing())
    else sendEarly(request, response, answer)
    const { channels } = this.#options
    const { status, code, detail } = refused
    if (channels.eventRejected.hasSubscribers)
      channels.eventRejected.publish({ path: addressable.path, addressable, status, code, detail })
  }

  #tooLarge(): Problem {
    return problem(
      'too-large',
      `the body is larger than ${this.#options.bodyBytes} bytes, the most that is taken`,
    )
  }
}

type ReadRecords =
  | { readonly kind: 'records'; readonly records: readonly EventRecord[] }
  | { readonly kind: 'problem'; readonly problem: Problem }

function refusalProblem({ reason, detail }: Refusal): Problem {
  return problem(reason === 'share' ? 'over-share' : 'store-unavailable', detail)
}

/** Retry-After is in whole seconds (RFC 9110, 10.2.3). */
function retryAfter({ retryAfterMs }: Refusal): string[] {
  return ['retry-after', String(Math.max(1, Math.ceil(retryAfterMs / 1000)))]
}
