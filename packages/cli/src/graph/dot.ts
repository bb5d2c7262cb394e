import type { GraphEdge, GraphNode, TopologyGraph } from './topology-graph.ts'

const shapes = { addressable: 'box', url: 'ellipse', unresolved: 'hexagon' } as const
const styles = { events: 'solid', replies: 'dashed', 'dead letters': 'dotted' } as const

/** In the language of Graphviz. */
export function dot({ nodes, edges }: TopologyGraph): string[] {
  return ['digraph millrace {', '  rankdir=LR', ...nodes.map(node), ...edges.map(edge), '}']
}

function node({ id, label, kind }: GraphNode): string {
  return `  ${id} [shape=${shapes[kind]}, label=${quoted(label)}]`
}

function edge({ from, to, kind, label }: GraphEdge): string {
  return `  ${from.id} -> ${to.id} [style=${styles[kind]}, label=${quoted(label)}]`
}

function quoted(text: string): string {
  return `"${text.replaceAll(/[\\"]/g, String.raw`\$&`).replaceAll(/\s+/g, ' ')}"`
}
