import type { GraphEdge, GraphNode, TopologyGraph } from './topology-graph.ts'

const arrows = { events: '-->', replies: '-.->', 'dead letters': '-.-x' } as const

/** As a flowchart of Mermaid, which GitHub and many editors draw. */
export function mermaid({ nodes, edges }: TopologyGraph): string[] {
  return [
    'flowchart LR',
    ...nodes.map((node) => `  ${shape(node)}`),
    ...edges.map((edge) => `  ${arrow(edge)}`),
  ]
}

function shape({ id, label, kind }: GraphNode): string {
  const text = quoted(label)
  switch (kind) {
    case 'addressable':
      return `${id}[${text}]`
    case 'url':
      return `${id}(${text})`
    case 'unresolved':
      return `${id}{{${text}}}`
  }
}

function arrow({ from, to, kind, label }: GraphEdge): string {
  return `${from.id} ${arrows[kind]}|${quoted(label)}| ${to.id}`
}

/** Mermaid has character entities with # in the place of &. */
function quoted(text: string): string {
  const escaped = text.replaceAll(/[#"<>&`\\]/g, (character) => `#${character.charCodeAt(0)};`)
  return `"${escaped.replaceAll(/\s+/g, ' ')}"`
}
