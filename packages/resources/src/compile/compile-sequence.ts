import type { Addressable, AddressablePath, Route } from '@millrace/core'
import { flowStatus, innerChannel } from '../kinds/flow.status.ts'
import type { SequenceSpec } from '../kinds/sequence/sequence.schema.ts'
import type { Resource } from '../resource.ts'
import type { CompiledFlow } from './compiled.ts'
import { acceptanceOf } from './flow-control.ts'
import { addressUrl, pathOf } from './directory.ts'
import type { Directory } from './directory.ts'
import { compilePart } from './flow-part.ts'
import { Links } from './links.ts'

/**
 * A Sequence: an addressable for each step, the first of which is its own. What a step answers with goes to
 * the next, what the last answers with to the reply.
 */
export function compileSequence(resource: Resource<SequenceSpec>, directory: Directory): CompiledFlow {
  const { kind, metadata, spec } = resource
  const { namespace, name, annotations } = metadata
  const links = new Links(resource, directory)
  const own = pathOf(namespace, name)
  const last = spec.steps.length - 1
  const parts = spec.steps.map((step, index) => {
    const addressable = pathOfStep(own, index)
    const path = `spec.steps[${index}]`
    const { delivery, ...destination } = step
    const subscriber = links.resolve(destination, addressable, path)
    const reply =
      index === last
        ? links.resolve(spec.reply, addressable, 'spec.reply')
        : links.inside(pathOfStep(own, index + 1), addressable, path)
    links.answering(subscriber, reply, path)
    return compilePart(resource, {
      name: partName(name, index),
      addressable,
      delivery,
      subscriber,
      reply,
      deadLetterSink: links.resolve(delivery?.deadLetterSink, addressable, `${path}.delivery.deadLetterSink`),
    })
  })
  const subscriptionStatuses = parts.map(({ status }) => status)
  return {
    addressables: parts.map(({ routes: [main] }, index) => stepAddressable(main, index)),
    routes: parts.flatMap(({ routes }) => routes),
    status: {
      ...flowStatus(addressUrl(own, directory), subscriptionStatuses),
      channelStatuses: parts.map((_, index) => innerChannel(resource, partName(name, index))),
      subscriptionStatuses,
    },
    findings: links.findings,
    edges: links.edges,
  }

  function stepAddressable(main: Route, index: number): Addressable {
    const addressable = { path: main.addressable, kind, namespace, name, routes: [main] }
    return index === 0 ? { ...addressable, ...acceptanceOf(annotations) } : { ...addressable, owner: own }
  }
}

/** No path of a request has so many segments. */
function pathOfStep(own: AddressablePath, index: number): AddressablePath {
  return index === 0 ? own : `${own}/steps/${index}`
}

/** As Knative names the channel and the subscription of a step. */
function partName(name: string, index: number): string {
  return `${name}-kn-sequence-${index}`
}
