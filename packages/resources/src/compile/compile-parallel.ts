import type { Addressable, Route } from '@millrace/core'
import { flowStatus, innerChannel } from '../kinds/flow.status.ts'
import type { ParallelSpec } from '../kinds/parallel/parallel.schema.ts'
import type { BranchStatus, Resource } from '../resource.ts'
import type { CompiledFlow } from './compiled.ts'
import { acceptanceOf } from './flow-control.ts'
import { addressUrl, pathOf } from './directory.ts'
import type { Directory } from './directory.ts'
import { compilePart } from './flow-part.ts'
import { Links } from './links.ts'

interface CompiledBranch {
  /** What the parallel's own addressable leads to: the filter, or without one the subscriber itself. */
  readonly entry: Route
  readonly addressable: Addressable
  readonly routes: readonly Route[]
  readonly status: BranchStatus
}

/**
 * A Parallel: an addressable of its own that leads to every branch, and one for each branch, to which its
 * filter replies. The subscriber's route belongs to the branch with and without a filter, so that what
 * waits there stays when a filter comes or goes.
 */
export function compileParallel(resource: Resource<ParallelSpec>, directory: Directory): CompiledFlow {
  const { kind, metadata, spec } = resource
  const { namespace, name, annotations } = metadata
  const links = new Links(resource, directory)
  const own = pathOf(namespace, name)
  const branches = spec.branches.map((_, index) => compileBranch(index))
  const statuses = branches.map(({ status }) => status)
  const subscriptions = statuses.flatMap(
    ({ filterSubscriptionStatus: filter, subscriberSubscriptionStatus }) =>
      filter === undefined ? [subscriberSubscriptionStatus] : [filter, subscriberSubscriptionStatus],
  )
  return {
    addressables: [
      {
        path: own,
        kind,
        namespace,
        name,
        routes: branches.map(({ entry }) => entry),
        ...acceptanceOf(annotations),
      },
      ...branches.map(({ addressable }) => addressable),
    ],
    routes: branches.flatMap(({ routes }) => routes),
    status: {
      ...flowStatus(addressUrl(own, directory), subscriptions),
      ingressChannelStatus: innerChannel(resource, `${name}-kn-parallel`),
      branchStatuses: statuses,
    },
    findings: links.findings,
    edges: links.edges,
  }

  function compileBranch(index: number): CompiledBranch {
    const { filter, subscriber, reply, delivery } = spec.branches[index] as ParallelSpec['branches'][number]
    const path = `spec.branches[${index}]`
    const inner = `${own}/branches/${index}`
    const deadLetterSink = links.resolve(delivery?.deadLetterSink, inner, `${path}.delivery.deadLetterSink`)
    const answered =
      links.resolve(reply, inner, `${path}.reply`) ?? links.resolve(spec.reply, inner, 'spec.reply')
    const to = links.resolve(subscriber, inner, `${path}.subscriber`)
    // a reply for all branches says nothing of those that end in a sink
    if (reply !== undefined) links.answering(to, answered, `${path}.subscriber`)
    const main = compilePart(resource, {
      name: `${name}-kn-parallel-${index}`,
      addressable: inner,
      delivery,
      subscriber: to,
      reply: answered,
      deadLetterSink,
    })
    const filtering = links.resolve(filter, own, `${path}.filter`)
    const passed = links.inside(inner, own, path)
    links.answering(filtering, passed, `${path}.filter`)
    const before =
      filtering === undefined
        ? undefined
        : compilePart(resource, {
            name: `${name}-kn-parallel-filter-${index}`,
            addressable: own,
            delivery,
            subscriber: filtering,
            reply: passed,
            deadLetterSink,
          })
    return {
      entry: (before ?? main).routes[0],
      addressable: { path: inner, kind, namespace, name, routes: [main.routes[0]], owner: own },
      routes: [...(before?.routes ?? []), ...main.routes],
      status: {
        ...(before !== undefined && { filterSubscriptionStatus: before.status }),
        filterChannelStatus: innerChannel(resource, `${name}-kn-parallel-${index}`),
        subscriberSubscriptionStatus: main.status,
      },
    }
  }
}
