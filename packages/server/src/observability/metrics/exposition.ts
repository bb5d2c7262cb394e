import { setImmediate as turn } from 'node:timers/promises'

/** What is written in one turn of the loop, about 500 lines: a scrape of ten thousand triggers holds nothing up. */
const charactersOfATurn = 64 * 1024

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
  let text = ''
  for (const family of families) {
    const { name, type, help } = family
    let headed = false
    for (const line of family.samples()) {
      if (!headed) text += `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`
      headed = true
      text += `${line}\n`
      if (text.length < charactersOfATurn) continue
      yield text
      text = ''
      await turn()
    }
  }
  yield text
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
