/**
 * The five lines that tell of work, by their message, with the fields that they can have beside `level`,
 * `time` and `msg`. `docs/reference/log-events.md` lists the same; what else is logged is not promised.
 */
export const logEvents = {
  'event.accepted': [
    'outcome',
    'addressable',
    'id',
    'source',
    'type',
    'subject',
    'bytes',
    'path',
    'status',
    'code',
    'detail',
    'count',
  ],
  'event.routed': ['addressable', 'id', 'source', 'type', 'matched', 'of'],
  'delivery.attempted': [
    'addressable',
    'trigger',
    'to',
    'state',
    'failures',
    'id',
    'source',
    'type',
    'attempt',
    'outcome',
    'code',
    'error',
    'destination',
    'ms',
    'due',
  ],
  'source.run': ['kind', 'namespace', 'name', 'state', 'error'],
  'resource.changed': ['kind', 'namespace', 'name', 'change', 'file', 'line'],
} as const satisfies Readonly<Record<string, readonly string[]>>

/** The message of one of the five lines. */
export type LogEvent = keyof typeof logEvents

/** The fields of a line; a name that is not in the table does not compile. */
export type LogFields<Line extends LogEvent> = {
  readonly [Field in (typeof logEvents)[Line][number]]?: unknown
}
