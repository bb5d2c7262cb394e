import { resolvePolicy } from '@millrace/core'
import { ON_MALFORMED } from '../annotations/millrace-annotations.ts'
import type { SourceResource } from '../kinds/source/source.schema.ts'
import { sourceStatus } from '../kinds/source/source.status.ts'
import type { CompiledFlow } from './compiled.ts'
import { pathOf } from './directory.ts'
import type { Directory } from './directory.ts'
import { Links } from './links.ts'
import type { Resolution } from './resolve-destination.ts'
import { everything, routesOf } from './routes-of.ts'

/**
 * A source: an addressable that only it emits into, with one route to its sink. Where the sink is an
 * addressable, a source emits straight into that one, and the route carries what was emitted while the sink
 * was not there.
 */
export function compileSource(resource: SourceResource, directory: Directory): CompiledFlow {
  const { kind, metadata, spec, source } = resource
  const { namespace, name } = metadata
  const path = pathOf(namespace, name)
  const links = new Links(resource, directory)
  const sink = links.resolve(spec.sink, path, 'spec.sink')
  const deadLetterSink = links.resolve(spec.delivery?.deadLetterSink, path, 'spec.delivery.deadLetterSink')
  const setsAside = metadata.annotations[ON_MALFORMED] === 'dead-letter'
  if (spec.delivery !== undefined && !setsAside && sink?.kind === 'resolved') noteUnused(sink)
  const routes = routesOf({
    addressable: path,
    kind,
    // a source's annotations say nothing of its route
    metadata: { namespace, name, annotations: {} },
    filter: everything,
    subscriber: sink ?? { kind: 'unresolved', message: '', url: false },
    reply: undefined,
    deadLetterSink,
    policy: resolvePolicy(spec.delivery, undefined),
    ...(source.ordered && { orderedBySource: true }),
    setsAside,
  })
  return {
    addressables: [{ path, kind, namespace, name, closed: true, routes: [routes[0]] }],
    routes,
    status: sourceStatus(source, sink),
    findings: links.findings,
    edges: links.edges,
  }

  /** What is emitted into an addressable is accepted there: no delivery of the source's own comes of it. */
  function noteUnused({ destination }: Extract<Resolution, { kind: 'resolved' }>): void {
    if (destination.kind !== 'addressable') return
    links.note(
      'spec.delivery',
      `has no effect: events reach ${destination.path} inside the store, without a request`,
    )
  }
}
