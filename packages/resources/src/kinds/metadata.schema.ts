import { Type } from 'typebox'
import { inert } from './field-class.ts'

const fromCluster = 'a Kubernetes API server sets it'

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'

/** As Kubernetes names resources. */
const dnsSubdomain = {
  pattern: `^${label}(\\.${label})*$`,
  maxLength: 253,
  expected: 'lower-case letters and digits, with "-" and "." inside, at most 253 (DNS-1123)',
}

/** As Kubernetes names namespaces. */
const dnsLabel = {
  pattern: `^${label}$`,
  maxLength: 63,
  expected: 'lower-case letters and digits, with "-" inside, at most 63 (DNS-1123)',
}

/** `metadata` of every kind. Annotations are looked at one by one, in annotations.ts. */
export const metadataSchema = Type.Object(
  {
    name: Type.String(dnsSubdomain),
    namespace: Type.Optional(Type.String({ ...dnsLabel, default: 'default' })),
    annotations: Type.Optional(Type.Record(Type.String(), Type.String())),
    labels: Type.Optional(
      Type.Record(Type.String(), Type.String(), { inert: 'nothing in Millrace selects by labels' }),
    ),
    creationTimestamp: inert(fromCluster),
    deletionGracePeriodSeconds: inert(fromCluster),
    deletionTimestamp: inert(fromCluster),
    finalizers: inert(fromCluster),
    generateName: inert('a manifest is known by its name'),
    generation: inert(fromCluster),
    managedFields: inert(fromCluster),
    ownerReferences: inert(fromCluster),
    resourceVersion: inert(fromCluster),
    selfLink: inert(fromCluster),
    uid: inert(fromCluster),
  },
  { title: 'metadata', additionalProperties: false },
)
