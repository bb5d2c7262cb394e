import { diag, type Tracer } from '@opentelemetry/api'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources'
import { BatchSpanProcessor, TracerProvider, type BatchSpanProcessorOptions } from '@opentelemetry/sdk-trace'
import { samplerOf } from './sampler.ts'

/** Who takes the traces may be away for a night. */
const quietMs = 60_000

type Environment = Readonly<Record<string, string | undefined>>

/** What spans are made with, and a way to send what is left. */
export interface Exporter {
  readonly tracer: Tracer
  stop(): Promise<void>
}

export interface ExporterLog {
  warn(fields: object, message: string): void
}

/** Spans go out by OTLP over HTTP, as the `OTEL_` variables say. */
export function createExporter(env: Environment, version: string, log: ExporterLog): Exporter {
  let saidAt = -Infinity
  const say = (detail: string): void => {
    if (performance.now() - saidAt < quietMs) return
    saidAt = performance.now()
    log.warn({ detail }, 'traces are not exported as they should be')
  }
  const logger = { error: say, warn: say, info() {}, debug() {}, verbose() {} }
  diag.setLogger(logger, { suppressOverrideMessage: true })
  const json =
    (env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] ?? env['OTEL_EXPORTER_OTLP_PROTOCOL']) === 'http/json'
  const url = endpoint(env)
  const exporter = json ? new JsonExporter({ url }) : new ProtobufExporter({ url })
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'millrace', 'service.version': version }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor({ exporter, ...batches(env) })],
    ...samplerOf(env),
  })
  return { tracer: provider.getTracer('millrace', version), stop: () => provider.shutdown() }
}

/** The endpoint of all signals gets the path of traces; one of traces is taken as it is. */
function endpoint(env: Environment): string {
  const own = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] ?? ''
  if (own !== '') return own
  return `${(env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? '').replace(/\/+$/, '')}/v1/traces`
}

function batches(env: Environment): Omit<BatchSpanProcessorOptions, 'exporter'> {
  const asked = {
    scheduledDelayMillis: env['OTEL_BSP_SCHEDULE_DELAY'],
    exportTimeoutMillis: env['OTEL_BSP_EXPORT_TIMEOUT'],
    maxQueueSize: env['OTEL_BSP_MAX_QUEUE_SIZE'],
    maxExportBatchSize: env['OTEL_BSP_MAX_EXPORT_BATCH_SIZE'],
  }
  return Object.fromEntries(
    Object.entries(asked)
      .filter(([, value]) => /^\d+$/.test(value ?? ''))
      .map(([name, value]) => [name, Number(value)]),
  )
}
