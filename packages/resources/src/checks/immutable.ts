import type { Finding } from '../finding.ts'
import { CLASS_ANNOTATION } from '../kinds/broker/broker.defaults.ts'
import { isTrigger } from '../kinds/trigger/trigger.schema.ts'
import { quote } from '../quote.ts'
import { lineOf, resourceKey } from '../resource.ts'
import type { Resource } from '../resource.ts'

/**
 * What a reload may not change, as in Knative: a Broker's class and config, a Trigger's
 * broker, a Subscription's channel, a template of channels, a KafkaSink's topic and how it is made. A
 * resource that went and came again in between is a new one.
 */
export function checkImmutable(before: readonly Resource[], after: readonly Resource[]): Finding[] {
  const old = new Map(before.map((resource) => [resourceKey(resource), resource]))
  return after.flatMap((resource) => {
    const known = old.get(resourceKey(resource))
    return known === undefined ? [] : fieldsOf(resource).flatMap((field) => changed(field, known, resource))
  })
}

interface Field {
  readonly path: string
  readonly value: (resource: Resource) => unknown
}

const template: Field = { path: 'spec.channelTemplate', value: ({ spec }) => spec['channelTemplate'] }

const byKind: Readonly<Record<string, readonly Field[]>> = {
  Broker: [
    {
      path: `metadata.annotations.${CLASS_ANNOTATION}`,
      value: ({ metadata }) => metadata.annotations[CLASS_ANNOTATION],
    },
    { path: 'spec.config', value: ({ spec }) => spec['config'] },
  ],
  Trigger: [{ path: 'spec.broker', value: (resource) => isTrigger(resource) && resource.spec.broker }],
  Channel: [template],
  Sequence: [template],
  Parallel: [template],
  Subscription: [{ path: 'spec.channel', value: ({ spec }) => spec['channel'] }],
  KafkaSink: ['topic', 'numPartitions', 'replicationFactor'].map((name) => ({
    path: `spec.${name}`,
    value: ({ spec }) => spec[name],
  })),
}

function fieldsOf({ kind }: Resource): readonly Field[] {
  return byKind[kind] ?? []
}

function changed({ path, value }: Field, before: Resource, after: Resource): Finding[] {
  const [old, now] = [value(before), value(after)]
  if (sorted(old) === sorted(now)) return []
  const { origin, kind, metadata } = after
  const message = `is immutable and was ${quote(old)}; put it back, or declare a ${kind} of another name`
  return [
    { severity: 'error', file: origin.file, line: lineOf(after, path), name: metadata.name, path, message },
  ]
}

/** JSON in which the order of keys does not matter. */
function sorted(value: unknown): string | undefined {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([left], [right]) => (left < right ? -1 : 1)))
      : inner,
  )
}
