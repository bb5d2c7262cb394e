import { setTimeout as delay } from 'node:timers/promises'
import type { Channels } from '../channels.ts'

/** A stop waits no longer for somebody who takes the last traces. */
const mostStopMs = 1_000

export interface TracingOptions {
  readonly channels: Channels
  readonly env: Readonly<Record<string, string | undefined>>
  readonly version: string
  readonly log: { warn(fields: object, message: string): void }
}

/**
 * Traces, where the environment names somebody who takes them. OpenTelemetry is loaded only then.
 * → what ends it and sends what is left; undefined: it is off.
 */
export async function startTracing({
  channels,
  env,
  version,
  log,
}: TracingOptions): Promise<(() => Promise<void>) | undefined> {
  if (!isOn(env)) return undefined
  const [{ Tracing }, { createExporter }] = await Promise.all([
    import('./tracing.ts'),
    import('./exporter.ts'),
  ])
  const exporter = createExporter(env, version, log)
  const tracing = new Tracing(channels, exporter.tracer)
  return async () => {
    tracing.stop()
    const stopped = exporter.stop().catch((err: unknown) => {
      log.warn({ err }, 'the last traces were not exported')
    })
    await Promise.race([stopped, delay(mostStopMs, undefined, { ref: false })])
  }
}

function isOn(env: TracingOptions['env']): boolean {
  const isSet = (name: string): boolean => (env[name] ?? '') !== ''
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none')
    return false
  return isSet('OTEL_EXPORTER_OTLP_ENDPOINT') || isSet('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT')
}
