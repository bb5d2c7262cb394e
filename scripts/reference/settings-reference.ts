import { environmentName } from '../../packages/cli/src/command-line.ts'
import type { Option } from '../../packages/cli/src/command-spec.ts'
import { configOptions } from '../../packages/cli/src/server-config.ts'
import { flag, meaning } from './cli-reference.ts'
import { markdownTable } from './markdown-table.ts'

const head = `# Settings

<!-- Written by \`npm run reference\` from the flags themselves; a test holds it to them. -->

What \`millrace serve\` (and \`millrace dev\`) is told, by flag or by environment. There is no configuration file: what is routed is in the [manifests](manifests.md), the rest is here. A flag wins over the environment. Sizes are \`64Mi\` or bytes, durations \`8s\`, \`5m\` or \`PT8S\`. What Redis is asked for stands in the URL of \`--store\` too: [Redis](../redis.md).
`

/** Variables that are not flags of ours. */
const others = [
  ['`MILLRACE_SERVER`', 'where the commands find the server'],
  ['`NO_COLOR`', 'no colours, on a terminal either'],
  ['`OTEL_EXPORTER_OTLP_ENDPOINT` and others', 'traces: [monitoring](../monitoring/README.md#traces)'],
]

/** docs/reference/settings.md: each flag of a server, and its name in the environment. */
export function settingsReference(): string {
  const rows = Object.entries<Option>(configOptions).map(([name, option]) => [
    flag(name, option),
    `\`${environmentName(name)}\``,
    meaning(option),
  ])
  return [
    head,
    markdownTable(['flag', 'environment', 'meaning'], rows),
    '',
    'Beside them:',
    '',
    markdownTable(['environment', 'meaning'], others),
    '',
  ].join('\n')
}
