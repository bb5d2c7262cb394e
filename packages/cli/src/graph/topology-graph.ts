import type { Addressable, Destination, ReplyTarget, Route, Topology } from '@millrace/core'

/** What events come from or go to. */
export interface GraphNode {
  readonly id: string
  readonly label: string
  readonly kind: 'addressable' | 'url' | 'unresolved'
}

/** That events go on; by a route, as what its subscriber answers with, or as its dead letters. */
export interface GraphEdge {
  readonly from: GraphNode
  readonly to: GraphNode
  readonly kind: 'events' | 'replies' | 'dead letters'
  /** Of events: the route's own name, with its filter where it has one. */
  readonly label: string
}

export interface TopologyGraph {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}

/**
 * A topology as nodes and edges. The inner parts of flows are left out: what leads into one leads to what
 * reads it. So are replies of a Trigger's subscriber to its own broker, which every trigger has.
 */
export function topologyGraph(topology: Topology): TopologyGraph {
  const { addressables, routes } = topology
  const nodes = new Map<string, GraphNode>()
  const edges = new Map<string, GraphEdge>()

  for (const addressable of addressables.values()) {
    if (addressable.owner !== undefined) continue
    const from = nodeOf(addressable)
    for (const route of addressable.routes) {
      for (const to of destinationsOf(route)) connect(from, to, 'events', labelOf(route))
    }
  }
  for (const route of routes.values()) {
    if (route.role !== 'subscriber') continue
    for (const from of destinationsOf(route)) {
      for (const to of repliesOf(route)) connect(from, to, 'replies', 'replies')
      for (const to of targetsOf(route.deadLetter, route)) connect(from, to, 'dead letters', 'dead letters')
    }
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] }

  function connect(from: GraphNode, to: GraphNode, kind: GraphEdge['kind'], label: string): void {
    edges.set([from.id, to.id, kind, label].join('\n'), { from, to, kind, label })
  }

  function repliesOf(route: Route): readonly GraphNode[] {
    const { kind, reply, addressable, destination } = route
    const implicit = kind === 'Trigger' && reply?.kind === 'addressable' && reply.path === addressable
    // what is sent to another addressable, or to a sink, is not answered
    return implicit || (destination !== undefined && destination.kind !== 'url')
      ? []
      : targetsOf(reply, route)
  }

  function targetsOf(target: ReplyTarget | undefined, { name }: Route): readonly GraphNode[] {
    if (target === undefined) return []
    return nodesOf(target.kind === 'route' ? routes.get(target.route)?.destination : target, name)
  }

  function destinationsOf({ destination, name, addressable }: Route): readonly GraphNode[] {
    // by a sink's own route to what is behind it
    if (destination?.kind === 'sink' && destination.path === addressable)
      return [node(`url ${destination.address}`, destination.address, 'url')]
    return nodesOf(destination, name)
  }

  function nodesOf(destination: Destination | undefined, name: string): readonly GraphNode[] {
    if (destination === undefined)
      return [node(`unresolved ${name}`, `${name}: does not resolve`, 'unresolved')]
    if (destination.kind === 'url') return [node(`url ${destination.url}`, destination.url, 'url')]
    const addressable = addressables.get(destination.path)
    if (addressable === undefined) return []
    return addressable.owner === undefined
      ? [nodeOf(addressable)]
      : addressable.routes.flatMap(destinationsOf)
  }

  function nodeOf({ path, kind, namespace, name }: Addressable): GraphNode {
    return node(`addressable ${path}`, `${kind} ${namespace}/${name}`, 'addressable')
  }

  function node(key: string, label: string, kind: GraphNode['kind']): GraphNode {
    const known = nodes.get(key) ?? { id: `n${nodes.size}`, label, kind }
    nodes.set(key, known)
    return known
  }
}

function labelOf({ name, filter }: Route): string {
  return filter.text === 'everything' ? name : `${name}: ${filter.text}`
}
