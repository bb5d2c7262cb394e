import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  type Sampler,
} from '@opentelemetry/sdk-trace'

/** What `OTEL_TRACES_SAMPLER` and its `_ARG` ask for; unset: what the producer's trace says, else all. */
export function samplerOf(env: Readonly<Record<string, string | undefined>>): { sampler: Sampler } {
  const name = env['OTEL_TRACES_SAMPLER'] ?? 'parentbased_always_on'
  const inner = rootSampler(name.replace(/^parentbased_/, ''), env['OTEL_TRACES_SAMPLER_ARG'])
  return { sampler: name.startsWith('parentbased_') ? new ParentBasedSampler({ root: inner }) : inner }
}

function rootSampler(name: string, argument: string | undefined): Sampler {
  if (name === 'always_off') return new AlwaysOffSampler()
  const ratio = Number(argument ?? 1)
  if (name === 'traceidratio') return new TraceIdRatioBasedSampler(Number.isNaN(ratio) ? 1 : ratio)
  return new AlwaysOnSampler()
}
