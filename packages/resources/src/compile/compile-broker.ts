import type { AddressablePath } from '@millrace/core'
import { INGRESS_TOKEN } from '../annotations/ingress-token.ts'
import type { BrokerSpec } from '../kinds/broker/broker.schema.ts'
import { brokerStatus } from '../kinds/broker/broker.status.ts'
import type { Resource } from '../resource.ts'
import type { Compiled, Inherited } from './compiled.ts'
import { addressUrl } from './directory.ts'
import type { Directory } from './directory.ts'
import { ingressTokens, type IngressTokens } from './ingress-tokens.ts'
import { Links } from './links.ts'

export interface CompiledBroker extends Compiled, Inherited {
  /** Of the addressable; empty where they should be there and are not. */
  readonly tokens: readonly string[] | undefined
}

export function compileBroker(
  resource: Resource<BrokerSpec>,
  path: AddressablePath,
  directory: Directory,
): CompiledBroker {
  const { delivery } = resource.spec
  const links = new Links(resource, directory)
  const deadLetterSink = links.resolve(delivery?.deadLetterSink, path, 'spec.delivery.deadLetterSink')
  const ingress = ingressTokens(resource, directory)
  if (ingress.kind === 'missing') links.warn(`metadata.annotations.${INGRESS_TOKEN}`, ingress.message)
  return {
    delivery,
    deadLetterSink,
    tokens: tokensOf(ingress),
    status: brokerStatus({ url: addressUrl(path, directory), ingress, deadLetterSink }),
    findings: links.findings,
    edges: links.edges,
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
