import { age } from './age.ts'
import { readiness, type ListedColumn, type ListedResource } from './listed-resource.ts'

/** One column of `get`: its head, and a resource's cell. */
export interface Column {
  readonly head: string
  /** Shown by `-o wide` alone. */
  readonly wide?: true
  /** Left out where no resource has anything to say in it. */
  readonly sparse?: true
  readonly cell: (resource: ListedResource, nowMs: number) => string
}

const namespace: Column = { head: 'NAMESPACE', cell: ({ metadata }) => metadata.namespace }
const name: Column = { head: 'NAME', cell: ({ metadata }) => metadata.name }
const ready: Column = { head: 'READY', cell: (resource) => readiness(resource).status }
const reason: Column = {
  head: 'REASON',
  sparse: true,
  cell(resource) {
    const { status, reason: why = '', message = '' } = readiness(resource)
    return status === 'True' ? '' : [why, message].filter((part) => part !== '').join(': ')
  },
}
const url: Column = { head: 'URL', cell: ({ status }) => status?.address?.url ?? '' }
const waiting: Column = { head: 'WAITING', cell: ({ status }) => number(status?.waiting) }
const inFlight: Column = { head: 'IN FLIGHT', cell: ({ status }) => number(status?.inFlight) }
const oldest: Column = {
  head: 'OLDEST',
  sparse: true,
  cell: ({ status }, nowMs) => age(status?.oldest, nowMs),
}
const subscriber: Column = {
  head: 'SUBSCRIBER',
  cell: ({ status }) => status?.subscriberUri ?? status?.physicalSubscription?.subscriberUri ?? '',
}
const sink: Column = { head: 'SINK', wide: true, cell: ({ status }) => status?.sinkUri ?? '' }
const reply: Column = {
  head: 'REPLY',
  cell: ({ status }) => status?.physicalSubscription?.replyUri ?? '',
}
const channel: Column = { head: 'CHANNEL', cell: ({ spec }) => text(named(spec?.['channel'])) }
const deadLetters: Column = {
  head: 'DEAD LETTERS TO',
  wide: true,
  cell: ({ status }) => status?.deadLetterSinkUri ?? status?.physicalSubscription?.deadLetterSinkUri ?? '',
}
const lastError: Column = {
  head: 'LAST ERROR',
  sparse: true,
  cell({ status }, nowMs) {
    const { at, reason: why } = status?.lastError ?? {}
    return why === undefined ? '' : `${why}${at === undefined ? '' : `, ${age(at, nowMs)} ago`}`
  },
}
const failing: Column = {
  head: 'FAILING',
  sparse: true,
  cell({ status }) {
    const { routes = 0, failingRoutes = 0 } = status ?? {}
    if (failingRoutes === 0) return ''
    return failingRoutes === routes ? `all ${routes}` : `${failingRoutes} of ${routes}`
  },
}
const conditions: Column = {
  head: 'CONDITIONS',
  wide: true,
  cell: ({ status }) =>
    (status?.conditions ?? []).map(({ type, status: value }) => `${type}=${value}`).join(','),
}
const state: Column = {
  head: 'STATE',
  sparse: true,
  cell({ status }) {
    const words = [status?.paused === true ? 'paused' : '', status?.circuit === 'open' ? 'circuit open' : '']
    return words.filter((word) => word !== '').join(', ')
  },
}
const broker: Column = {
  head: 'BROKER',
  cell: ({ spec }) => text(spec?.['broker'] ?? named(spec?.['brokerRef'])),
}
const external: Column = {
  head: 'URL',
  cell: ({ spec, status }) => status?.address?.url ?? text(spec?.['externalName']),
}
const keys: Column = {
  head: 'KEYS',
  cell: ({ data, spec }) => Object.keys(data ?? (spec?.['data'] as object | undefined) ?? {}).join(','),
}

const ofAddressable = [
  namespace,
  name,
  ready,
  reason,
  url,
  waiting,
  oldest,
  failing,
  lastError,
  deadLetters,
  conditions,
]

const byKind: Readonly<Record<string, readonly Column[]>> = {
  Broker: ofAddressable,
  Trigger: [namespace, name, broker, ...ofRoute(subscriber)],
  Channel: ofAddressable,
  InMemoryChannel: ofAddressable,
  KafkaChannel: ofAddressable,
  Subscription: [namespace, name, channel, ...ofRoute(subscriber, reply)],
  Sequence: ofAddressable,
  Parallel: ofAddressable,
  Service: [namespace, name, external],
  Secret: [namespace, name, keys],
}

function ofRoute(...destinations: readonly Column[]): readonly Column[] {
  const numbers = [ready, state, waiting, inFlight, oldest]
  return [...numbers, ...destinations, deadLetters, reason, lastError, conditions]
}

/** The columns of a kind; every kind has at least these. `own` are those that the server knows of a source. */
export function columnsOf(kind: string, own: readonly ListedColumn[] = []): readonly Column[] {
  if (own.length > 0) return [namespace, name, ...own.map(ofPath), ready, waiting, sink, reason, conditions]
  return byKind[kind] ?? [namespace, name, ready, reason, conditions]
}

function ofPath({ heading, path }: ListedColumn): Column {
  return {
    head: heading,
    cell(resource) {
      return plainText(path.split('.').reduce<unknown>(memberOf, resource))
    },
  }
}

function plainText(value: unknown): string {
  if (Array.isArray(value)) return value.map(plainText).join(',')
  if (typeof value === 'string') return value
  return value === undefined ? '' : JSON.stringify(value)
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
}

function number(value: number | undefined): string {
  return value === undefined ? '' : String(value)
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function named(ref: unknown): unknown {
  return (ref as { name?: unknown } | undefined)?.name
}
