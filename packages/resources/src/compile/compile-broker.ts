import type { AddressablePath } from '@millrace/core'
import { INGRESS_TOKEN } from '../annotations/ingress-token.ts'
import type { Finding } from '../finding.ts'
import type { BrokerSpec } from '../kinds/broker/broker.schema.ts'
import { brokerStatus } from '../kinds/broker/broker.status.ts'
import type { Resource, ResourceStatus } from '../resource.ts'
import { addressUrl } from './directory.ts'
import type { Directory } from './directory.ts'
import { ingressTokens, type IngressTokens } from './ingress-tokens.ts'
import type { Edge } from './loops.ts'
import { resolveDestination } from './resolve-destination.ts'
import type { Resolution } from './resolve-destination.ts'
import { warning } from './warning.ts'

/** What the triggers of a broker take over from it. */
export interface CompiledBroker {
  readonly delivery: BrokerSpec['delivery']
  readonly deadLetterSink: Resolution | undefined
  /** Of the addressable; empty where they should be there and are not. */
  readonly tokens: readonly string[] | undefined
  readonly status: ResourceStatus
  readonly findings: readonly Finding[]
  readonly edges: readonly Edge[]
}

const SINK = 'spec.delivery.deadLetterSink'

export function compileBroker(
  resource: Resource<BrokerSpec>,
  path: AddressablePath,
  directory: Directory,
): CompiledBroker {
  const { delivery } = resource.spec
  const sink = delivery?.deadLetterSink
  const deadLetterSink = sink === undefined ? undefined : resolveDestination(sink, directory)
  const ingress = ingressTokens(resource, directory)
  const findings: Finding[] = []
  if (deadLetterSink?.kind === 'unresolved')
    findings.push(warning(resource, `${SINK}.ref`, deadLetterSink.message))
  if (ingress.kind === 'missing')
    findings.push(warning(resource, `metadata.annotations.${INGRESS_TOKEN}`, ingress.message))
  return {
    delivery,
    deadLetterSink,
    tokens: tokensOf(ingress),
    status: brokerStatus({ url: addressUrl(path, directory), ingress, deadLetterSink }),
    findings,
    edges: [{ from: path, to: deadLetterSink, resource, path: SINK }],
  }
}

/** Fails closed: where tokens should be there and are not, there is none that anybody could send. */
function tokensOf(ingress: IngressTokens): readonly string[] | undefined {
  switch (ingress.kind) {
    case 'open':
      return undefined
    case 'guarded':
      return ingress.tokens
    case 'missing':
      return []
  }
}
