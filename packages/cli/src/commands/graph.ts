import { defineCommand } from '../command.ts'
import { CommandError, exitCode, usageError } from '../exit-code.ts'
import { filesOption } from '../files-option.ts'
import { findSource } from '../find-source.ts'
import { dot } from '../graph/dot.ts'
import { mermaid } from '../graph/mermaid.ts'
import { text } from '../graph/text.ts'
import { topologyGraph } from '../graph/topology-graph.ts'
import { choice } from '../option-values.ts'
import { serviceUrlOption, serviceUrls } from '../service-url-option.ts'

const formats = { mermaid, dot, text } as const
const words = ['mermaid', 'dot', 'text'] as const

export const graph = defineCommand({
  name: 'graph',
  summary: 'Draw how events go, from the manifests alone',
  words: '[PATH...]',
  maxWords: Infinity,
  example:
    'millrace graph -f manifests/ --format text\nmillrace graph -f manifests/ --format dot | dot -Tsvg > flow.svg',
  options: {
    ...filesOption,
    format: {
      type: 'string',
      value: 'FORMAT',
      default: 'mermaid',
      choices: words,
      help: 'mermaid, dot or text',
    },
    ...serviceUrlOption,
  },
  async run({ flags, words: more }, terminal) {
    const paths = [...flags.files, ...more]
    if (paths.length === 0) throw usageError('millrace graph: name a file or a folder, such as -f manifests/')
    const draw = formats[choice('--format', flags.format, words)]
    const { compile, formatFinding, loadManifests } = await import('@millrace/resources')
    const { resources, findings } = await loadManifests(paths, {
      env: terminal.env,
      findSource,
      stdin: () => terminal.readInput(),
    })
    const errors = findings.filter(({ severity }) => severity === 'error')
    if (errors.length > 0) throw new CommandError(errors.map(formatFinding).join('\n'), exitCode.manifest)
    const { topology } = compile(resources, serviceUrls(flags))
    for (const line of draw(topologyGraph(topology))) terminal.print(line)
    return exitCode.done
  },
})
