import type { Logger } from 'pino'
import type { EventRecord, Route } from '@millrace/core'
import type { Channels, DeliveryAttempted, EventRejected } from './channels.ts'
import { FloodGate } from './flood-gate.ts'
import type { LogEvent, LogFields } from './log-events.ts'

/** Failures that are only counted are told once in this time. */
const periodMs = 60_000
/** Attributes are the producer's: a line shows no more of one. */
const longestValue = 200

/**
 * Turns what the stages publish into the log's five lines. What succeeds is `debug`; failures show as
 * their beginning, their end, and one count a minute.
 */
export class LogLines {
  readonly #log: Logger
  readonly #channels: Channels
  readonly #routes = new FloodGate<string>()
  readonly #lastFailures = new Map<string, Route>()
  readonly #rejections = new FloodGate<string>()
  readonly #ends: (() => void)[] = []

  constructor(log: Logger, channels: Channels) {
    this.#log = log
    this.#channels = channels
  }

  start(): void {
    if (this.#log.isLevelEnabled('debug')) this.#followEvents()
    this.#ends.push(
      this.#channels.eventRejected.subscribe((message) => this.#rejected(message)),
      this.#channels.deliveryAttempted.subscribe((message) => this.#attempted(message)),
      this.#channels.sourceRun.subscribe((message) => {
        this.#write(message.state === 'failed' ? 'warn' : 'info', 'source.run', { ...message })
      }),
      this.#channels.resourceChanged.subscribe((message) => {
        this.#write('info', 'resource.changed', { ...message })
      }),
    )
    const timer = setInterval(() => this.endPeriod(), periodMs).unref()
    this.#ends.push(() => clearInterval(timer))
  }

  /** Writes the counts that are due and follows no more. */
  stop(): void {
    for (const end of this.#ends.splice(0)) end()
    this.endPeriod()
  }

  /** Tells what was only counted; called once a minute. */
  endPeriod(): void {
    for (const { key, failures, failing } of this.#routes.endPeriod()) {
      const route = this.#lastFailures.get(key)
      if (route === undefined) continue
      this.#write('warn', 'delivery.attempted', {
        ...routeFields(route),
        state: failing ? 'still-failing' : 'flapping',
        failures,
      })
      if (!failing) this.#lastFailures.delete(key)
    }
    for (const { key, failures } of this.#rejections.endPeriod()) {
      const [addressable, code] = key.split('|')
      this.#write('info', 'event.accepted', { outcome: 'rejected', addressable, code, count: failures })
    }
  }

  #followEvents(): void {
    this.#ends.push(
      this.#channels.eventAccepted.subscribe(({ addressable, record, matched }) => {
        const { path, routes } = addressable
        const event = eventFields(record)
        const bytes = record.event.data?.length ?? 0
        this.#write('debug', 'event.accepted', { outcome: 'accepted', addressable: path, ...event, bytes })
        const names = matched.map(({ name }) => name)
        const { id, source, type } = event
        this.#write('debug', 'event.routed', {
          addressable: path,
          id,
          source,
          type,
          matched: names,
          of: routes.length,
        })
      }),
    )
  }

  #rejected({ path, addressable, status, code, detail }: EventRejected): void {
    const key = `${addressable?.path ?? ''}|${code}`
    const level = this.#rejections.happened(key) ? (status >= 500 ? 'warn' : 'info') : 'debug'
    this.#write(level, 'event.accepted', {
      outcome: 'rejected',
      addressable: addressable?.path,
      path,
      status,
      code,
      detail: cut(detail),
    })
  }

  #attempted(message: DeliveryAttempted): void {
    const { route, outcome } = message
    if (outcome === 'delivered') {
      const failures = this.#routes.succeeded(route.id)
      if (failures === undefined) return this.#attempt('debug', message)
      this.#lastFailures.delete(route.id)
      return this.#attempt('info', message, { state: 'recovered', failures })
    }
    this.#lastFailures.set(route.id, route)
    if (this.#routes.failed(route.id)) this.#attempt('warn', message, { state: 'failing' })
    else this.#attempt('debug', message)
  }

  #attempt(level: Level, message: DeliveryAttempted, transition: LogFields<'delivery.attempted'> = {}): void {
    if (!this.#log.isLevelEnabled(level)) return
    const { route, record, attempt, outcome, code, error, destination, ms, due } = message
    const { id, source, type } = eventFields(record)
    this.#write(level, 'delivery.attempted', {
      ...routeFields(route),
      ...transition,
      id,
      source,
      type,
      attempt,
      outcome,
      code,
      error,
      destination,
      ms: Math.round(ms),
      due: due === undefined ? undefined : new Date(due).toISOString(),
    })
  }

  #write<Line extends LogEvent>(level: Level, line: Line, fields: LogFields<Line>): void {
    const object: object = fields
    this.#log[level](object, line)
  }
}

type Level = 'debug' | 'info' | 'warn'

function routeFields({ addressable, namespace, name, role }: Route) {
  return { addressable, trigger: `${namespace}/${name}`, to: role }
}

function eventFields({ event }: EventRecord) {
  const { id, source, type, subject } = event.attributes
  return { id: cut(id), source: cut(source), type: cut(type), subject: cut(subject) }
}

function cut<Value>(value: Value): Value | string {
  return typeof value === 'string' && value.length > longestValue ? `${value.slice(0, longestValue)}…` : value
}
