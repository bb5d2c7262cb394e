import type { AddressablePath } from '@millrace/core'
import type { Finding } from '../finding.ts'
import type { BrokerSpec } from '../kinds/broker/broker.schema.ts'
import { brokerStatus } from '../kinds/broker/broker.status.ts'
import type { Resource, ResourceStatus } from '../resource.ts'
import { addressUrl } from './directory.ts'
import type { Directory } from './directory.ts'
import type { Edge } from './loops.ts'
import { resolveDestination } from './resolve-destination.ts'
import type { Resolution } from './resolve-destination.ts'
import { warning } from './warning.ts'

/** What the triggers of a broker take over from it. */
export interface CompiledBroker {
  readonly delivery: BrokerSpec['delivery']
  readonly deadLetterSink: Resolution | undefined
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
  return {
    delivery,
    deadLetterSink,
    status: brokerStatus({ url: addressUrl(path, directory), deadLetterSink }),
    findings:
      deadLetterSink?.kind === 'unresolved' ? [warning(resource, `${SINK}.ref`, deadLetterSink.message)] : [],
    edges: [{ from: path, to: deadLetterSink, resource, path: SINK }],
  }
}
