import { createTraceState, isSpanContextValid, type SpanContext } from '@opentelemetry/api'

/** Where a trace is continued from: headers, or attributes of the Distributed Tracing extension. */
type Carrier = Readonly<Record<string, unknown>>

const version = '00'

/** Reads `traceparent` and `tracestate` (W3C Trace Context, 3.2 and 3.3); undefined: there is no right one. */
export function readTraceContext({ traceparent, tracestate }: Carrier): SpanContext | undefined {
  if (typeof traceparent !== 'string') return undefined
  const [, found, traceId = '', spanId = '', flags = '', rest] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(traceparent.trim()) ?? []
  // a later version may have more behind it, this one may not; ff is none
  if (found === undefined || found === 'ff' || (found === version && rest !== undefined)) return undefined
  const context: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & 1,
    isRemote: true,
    ...(typeof tracestate === 'string' && { traceState: createTraceState(tracestate) }),
  }
  return isSpanContextValid(context) ? context : undefined
}

/** The headers that continue a trace from a span. */
export function traceHeaders({ traceId, spanId, traceFlags, traceState }: SpanContext): {
  traceparent: string
  tracestate?: string
} {
  const flags = (traceFlags & 1).toString(16).padStart(2, '0')
  const state = traceState?.serialize() ?? ''
  return {
    traceparent: `${version}-${traceId}-${spanId}-${flags}`,
    ...(state !== '' && { tracestate: state }),
  }
}
