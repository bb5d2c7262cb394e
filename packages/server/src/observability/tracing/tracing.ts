import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api'
import type { EventRecord } from '@millrace/core'
import type {
  Channels,
  DeliveryAttempted,
  DeliveryAttempting,
  DeliverySettled,
  EventArriving,
} from '../channels.ts'
import { eventAttributes, isHttp, requestAttributes } from './span-attributes.ts'
import { readTraceContext, traceHeaders } from './trace-context.ts'

/** Deliveries that are remembered after their last attempt, until the store has their end. */
const mostRemembered = 10_000

/**
 * Spans by OpenTelemetry's API: one for each event that is accepted (below the producer's, or below the
 * attempt that it is a reply to), and below it one for each attempt. The accept span travels with the
 * event, through the store too, and the attempt's goes to the subscriber. It follows channels alone.
 */
export class Tracing {
  readonly #tracer: Tracer
  readonly #ends: (() => void)[]
  /** Of events on their way into the store. */
  readonly #accepts = new WeakMap<EventRecord, Span>()
  /** Attempts under way, by delivery. */
  readonly #attempts = new Map<string, Span>()
  /** Attempts that have ended, for what follows from them. */
  readonly #ended = new Map<string, SpanContext>()

  constructor(channels: Channels, tracer: Tracer) {
    this.#tracer = tracer
    this.#ends = [
      channels.eventArriving.subscribe((message) => this.#arriving(message)),
      channels.eventAccepted.subscribe(({ record, matched }) => {
        const span = this.#accepts.get(record)
        span?.setAttribute('millrace.matched', matched.length)
        span?.end()
      }),
      channels.eventDuplicate.subscribe(({ record }) => {
        this.#accepts.get(record)?.setAttribute('millrace.duplicate', true).end()
      }),
      channels.eventRefused.subscribe(({ record, detail }) => {
        this.#accepts.get(record)?.setStatus({ code: SpanStatusCode.ERROR, message: detail }).end()
      }),
      channels.deliveryAttempting.subscribe((message) => this.#attempting(message)),
      channels.deliveryAttempted.subscribe((message) => this.#attempted(message)),
      channels.deliverySettled.subscribe(({ delivery }: DeliverySettled) => {
        this.#ended.delete(delivery)
      }),
    ]
  }

  /** Follows nothing more; attempts under way are left out. */
  stop(): void {
    for (const end of this.#ends.splice(0)) end()
  }

  #arriving(message: EventArriving): void {
    const { addressable, record, origin } = message
    const from = 'delivery' in origin ? this.#ended.get(origin.delivery) : undefined
    const parent = from ?? readTraceContext(record.headers) ?? readTraceContext(record.event.attributes)
    if (addressable === undefined) {
      // on its way to a URL: its attempts are below what gave rise to it
      if (parent !== undefined) message.record = continued(record, parent)
      return
    }
    const span = this.#tracer.startSpan(
      `receive ${addressable.path}`,
      {
        kind: origin.kind === 'request' ? SpanKind.SERVER : SpanKind.CONSUMER,
        attributes: eventAttributes(record, { name: 'receive', type: 'receive' }, addressable.path),
      },
      below(parent),
    )
    message.record = continued(record, span.spanContext())
    this.#accepts.set(message.record, span)
  }

  #attempting(message: DeliveryAttempting): void {
    const span = this.#attempt(message)
    this.#attempts.set(message.delivery, span)
    message.headers = replaced(message.headers, traceHeaders(span.spanContext()))
  }

  #attempted(message: DeliveryAttempted): void {
    const { delivery, code, error, failure, outcome, ms } = message
    // what went out in a batch was not announced one by one
    const span = this.#attempts.get(delivery) ?? this.#attempt(message, Date.now() - ms)
    this.#attempts.delete(delivery)
    if (code !== undefined) span.setAttribute('http.response.status_code', code)
    if (outcome !== 'delivered') {
      span.setAttribute('error.type', code === undefined ? (failure ?? 'connection') : String(code))
      span.setStatus({ code: SpanStatusCode.ERROR, ...(error !== undefined && { message: error }) })
    }
    span.end()
    if (outcome === 'retry') return
    this.#ended.set(delivery, span.spanContext())
    const [oldest] = this.#ended.keys()
    if (this.#ended.size > mostRemembered && oldest !== undefined) this.#ended.delete(oldest)
  }

  #attempt(
    { route, record, attempt, destination }: Omit<DeliveryAttempting, 'headers'>,
    startTime?: number,
  ): Span {
    return this.#tracer.startSpan(
      `send ${route.addressable}`,
      {
        kind: isHttp(destination) ? SpanKind.CLIENT : SpanKind.PRODUCER,
        attributes: {
          ...eventAttributes(record, { name: 'send', type: 'send' }, route.addressable),
          'messaging.destination.subscription.name': route.name,
          ...requestAttributes(destination, attempt),
          ...(route.role !== 'subscriber' && { 'millrace.to': route.role }),
        },
        ...(startTime !== undefined && { startTime }),
      },
      below(readTraceContext(record.headers)),
    )
  }
}

function below(parent: SpanContext | undefined): Context {
  return parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent)
}

function continued(record: EventRecord, from: SpanContext): EventRecord {
  const { traceparent: _, tracestate: __, ...headers } = record.headers
  return { ...record, headers: { ...headers, ...traceHeaders(from) } }
}

/** A flat list of headers with some of them replaced. */
function replaced(headers: readonly string[], by: Readonly<Record<string, string>>): string[] {
  const kept: string[] = []
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const [name = '', value = ''] = [headers[index], headers[index + 1]]
    if (name !== 'traceparent' && name !== 'tracestate') kept.push(name, value)
  }
  for (const [name, value] of Object.entries(by)) kept.push(name, value)
  return kept
}
