import type { GraphEdge, TopologyGraph } from './topology-graph.ts'

/** One line for each edge, under the node that it leaves. */
export function text({ nodes, edges }: TopologyGraph): string[] {
  const byNode = Map.groupBy(edges, ({ from }) => from)
  return nodes.flatMap((node) => {
    const own = byNode.get(node)
    if (own === undefined) return node.kind === 'addressable' ? [node.label, '  nothing reads it'] : []
    return [node.label, ...own.map(line)]
  })
}

function line({ to, label }: GraphEdge): string {
  return `  ${label} -> ${to.label}`
}
