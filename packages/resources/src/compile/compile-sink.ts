import { resolvePolicy } from '@millrace/core'
import type { SinkResource } from '../kinds/sink/sink.schema.ts'
import { sinkStatus } from '../kinds/sink/sink.status.ts'
import type { CompiledFlow } from './compiled.ts'
import { addressUrl, pathOf } from './directory.ts'
import type { Directory } from './directory.ts'
import { acceptanceOf } from './flow-control.ts'
import { sinkDestination } from './resolve-destination.ts'
import { everything, routesOf } from './routes-of.ts'

/**
 * A sink: an addressable with one route, to what is behind it. A Trigger or a Subscription that names the sink
 * does not pass by it: its own route leads behind it, so that its own policy holds.
 */
export function compileSink(resource: SinkResource, directory: Directory): CompiledFlow {
  const { kind, metadata, sink } = resource
  const { namespace, name, annotations } = metadata
  const path = pathOf(namespace, name)
  const uri = addressUrl(path, directory)
  const destination = sinkDestination(path, directory)
  const routes = routesOf({
    addressable: path,
    kind,
    metadata: { namespace, name, annotations: {} },
    filter: everything,
    subscriber:
      destination === undefined
        ? { kind: 'unresolved', message: '', url: false }
        : { kind: 'resolved', destination, uri },
    reply: undefined,
    deadLetterSink: undefined,
    policy: resolvePolicy(undefined, undefined),
  })
  return {
    addressables: [{ path, kind, namespace, name, routes: [routes[0]], ...acceptanceOf(annotations) }],
    routes,
    status: sinkStatus(sink, uri),
    findings: [],
    edges: [],
  }
}
