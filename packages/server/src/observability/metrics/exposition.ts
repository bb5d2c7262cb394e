import { setImmediate as turn } from 'node:timers/promises'

/** Lines that are written in one turn of the loop: a scrape of ten thousand triggers holds nothing up. */
const linesOfATurn = 1_000

/** One metric in the text format of Prometheus, with all its series. */
export interface Family {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  /** Lines without their ends; none: the family is left out. */
  samples(): Iterable<string>
}

/** Labels as a line shows them, without braces; made once for each series. */
export function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',')
}

export function sample(name: string, labels: string, value: number): string {
  return labels === '' ? `${name} ${value}` : `${name}{${labels}} ${value}`
}

/** The text of all families, piece by piece, with turns of the loop between. */
export async function* exposition(families: Iterable<Family>): AsyncGenerator<string> {
  let lines: string[] = []
  for (const family of families) {
    const { name, type, help } = family
    let headed = false
    for (const line of family.samples()) {
      if (!headed) lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`)
      headed = true
      lines.push(line)
      if (lines.length < linesOfATurn) continue
      yield `${lines.join('\n')}\n`
      lines = []
      await turn()
    }
  }
  if (lines.length > 0) yield `${lines.join('\n')}\n`
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
