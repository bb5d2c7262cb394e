import { Type, type Static } from 'typebox'
import type { Resource } from '../../resource.ts'
import { inert } from '../field-class.ts'
import { metadataSchema } from '../metadata.schema.ts'

const cluster = 'only externalName and the first port give a URL'

const portSchema = Type.Object(
  {
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    name: Type.Optional(Type.String()),
    appProtocol: Type.Optional(Type.String()),
    nodePort: inert(cluster),
    protocol: inert(cluster),
    targetPort: inert(cluster),
  },
  { additionalProperties: false },
)

const serviceSpec = Type.Object(
  {
    type: Type.Optional(
      Type.Enum(['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'], { default: 'ClusterIP' }),
    ),
    externalName: Type.Optional(
      Type.String({
        pattern:
          '^[A-Za-z0-9_]([-A-Za-z0-9_]*[A-Za-z0-9_])?(\\.[A-Za-z0-9_]([-A-Za-z0-9_]*[A-Za-z0-9_])?)*\\.?$',
        maxLength: 253,
        expected: 'a host name or an IPv4 address, without scheme and port',
      }),
    ),
    ports: Type.Optional(Type.Array(portSchema)),
    allocateLoadBalancerNodePorts: inert(cluster),
    clusterIP: inert(cluster),
    clusterIPs: inert(cluster),
    externalIPs: inert(cluster),
    externalTrafficPolicy: inert(cluster),
    healthCheckNodePort: inert(cluster),
    internalTrafficPolicy: inert(cluster),
    ipFamilies: inert(cluster),
    ipFamilyPolicy: inert(cluster),
    loadBalancerClass: inert(cluster),
    loadBalancerIP: inert(cluster),
    loadBalancerSourceRanges: inert(cluster),
    publishNotReadyAddresses: inert(cluster),
    selector: inert(cluster),
    sessionAffinity: inert(cluster),
    sessionAffinityConfig: inert(cluster),
    trafficDistribution: inert(cluster),
  },
  { additionalProperties: false },
)

/** Service, v1: gives a `ref` to it a URL where its type is ExternalName. */
export const serviceSchema = Type.Object(
  {
    apiVersion: Type.String(),
    kind: Type.String(),
    metadata: metadataSchema,
    spec: serviceSpec,
    status: inert('Millrace runs no Services'),
  },
  { additionalProperties: false },
)

export type ServiceSpec = Static<typeof serviceSpec>

export function isService(resource: Resource): resource is Resource<ServiceSpec> {
  return resource.kind === 'Service'
}
