import type { Resolution } from '../../compile/resolve-destination.ts'
import type { Condition, ResourceStatus } from '../../resource.ts'
import { fails, holds, unknown, withReady } from '../conditions.ts'
import { identityCreated } from '../oidc.status.ts'
import type { ResourceSource } from './source-facet.ts'

/** Conditions as Knative's sources; those of the kind's own are for whoever runs it to find out. */
export function sourceStatus(source: ResourceSource, sink: Resolution | undefined): ResourceStatus {
  const { conditions, ceAttributes, missing } = source
  return {
    conditions: withReady([
      ...(missing === undefined ? [] : [fails('PackageInstalled', missing.reason, missing.message)]),
      ...conditions.map((type) => unknown(type, 'NotStarted', 'the source has not been started yet')),
      sinkProvided(sink),
      identityCreated,
    ]),
    ...(sink?.kind === 'resolved' && { sinkUri: sink.uri }),
    ...(ceAttributes.length > 0 && { ceAttributes }),
  }
}

function sinkProvided(sink: Resolution | undefined): Condition {
  const type = 'SinkProvided'
  if (sink === undefined) return fails(type, 'SinkEmpty', 'the sink is not known')
  return sink.kind === 'resolved' ? holds(type) : fails(type, 'NotFound', sink.message)
}
