import { AdminClient, serverOptions } from '../admin-client.ts'
import { age } from '../age.ts'
import { defineCommand } from '../command.ts'
import { CommandError, exitCode, usageError } from '../exit-code.ts'
import type { ListedColumn, ListedResource } from '../listed-resource.ts'
import { outputFormat, outputOption, printJson, printTable } from '../output.ts'
import { columnsOf } from '../resource-columns.ts'
import { processRows, type ListedProcess } from '../listed-process.ts'
import type { Terminal } from '../terminal.ts'

interface Orphan {
  readonly id: string
  readonly addressable: string
  readonly namespace: string
  readonly name: string
  readonly waiting: number
  readonly since?: string
  readonly oldest?: string
}

const formats = ['json', 'wide', 'yaml'] as const

export const get = defineCommand({
  name: 'get',
  summary:
    'Show brokers, triggers, channels, subscriptions, sequences, parallels, services, secrets (without their values), pingsources and other sources, the processes that share the store, or orphans',
  words: 'KIND [NAME]',
  maxWords: 2,
  firstWord: [
    'brokers',
    'triggers',
    'channels',
    'subscriptions',
    'sequences',
    'parallels',
    'services',
    'secrets',
    'pingsources',
    'githubsources',
    'webhooksources',
    'processes',
    'orphans',
  ],
  example: 'millrace get triggers -o wide\nmillrace get broker default -n default -o yaml',
  options: {
    ...serverOptions,
    output: {
      ...outputOption.output,
      choices: formats,
      help: 'json: one object a line; yaml; wide: more columns; a table where nothing is said',
    },
    namespace: { type: 'string', short: 'n', value: 'NAMESPACE', help: 'of this namespace only' },
  },
  async run({ flags, words }, terminal) {
    const [kind, name] = words
    if (kind === undefined) throw usageError('millrace get: which kind? For example: millrace get triggers')
    const format = outputFormat(flags.output, formats)
    const admin = new AdminClient(flags)
    if (/^orphans?$/i.test(kind)) {
      const { items } = await admin.get<{ items: Orphan[] }>('/api/orphans')
      showOrphans(items.filter(isChosen(flags.namespace, name)), format, terminal)
      return exitCode.done
    }
    if (/^(process(es)?|replicas?)$/i.test(kind)) {
      const { items, notes } = await admin.get<{ items: ListedProcess[]; notes: string[] }>('/api/processes')
      for (const note of notes) terminal.note(note)
      showProcesses(items, format, terminal)
      return exitCode.done
    }
    const query = { kind, namespace: flags.namespace, name }
    const { items, reloadErrors, notes, columns } = await admin.get<Listed>('/api/resources', query)
    for (const note of [...reloadErrors, ...notes]) terminal.note(note)
    if (name !== undefined && items.length === 0) throw notFound(kind, name, flags.namespace)
    await show(items, columns, format, terminal)
    return exitCode.done
  },
})

function notFound(kind: string, name: string, namespace: string | undefined): CommandError {
  const place = namespace === undefined ? 'any namespace' : `namespace ${namespace}`
  return new CommandError(`there is no ${kind} "${name}" in ${place}`)
}

type Format = 'table' | 'wide' | 'json' | 'yaml'

interface Listed {
  readonly items: readonly ListedResource[]
  readonly reloadErrors: readonly string[]
  /** Of the other processes: manifests that differ, one that does not answer. */
  readonly notes: readonly string[]
  /** Of a kind of sources. */
  readonly columns?: readonly ListedColumn[]
}

async function show(
  items: readonly ListedResource[],
  own: readonly ListedColumn[] | undefined,
  format: Format,
  terminal: Terminal,
): Promise<void> {
  if (format === 'json') return printJson(terminal, items)
  if (format === 'yaml') {
    const { formatYaml } = await import('@millrace/resources')
    return terminal.print(items.map(formatYaml).join('---\n').trimEnd())
  }
  const [first] = items
  if (first === undefined) return terminal.note('there are none')
  const now = Date.now()
  const columns = columnsOf(first.kind, own).filter(
    ({ wide, sparse, cell }) =>
      (format === 'wide' || wide === undefined) &&
      (sparse === undefined || items.some((item) => cell(item, now) !== '')),
  )
  printTable(
    terminal,
    columns.map(({ head }) => head),
    items.map((item) => columns.map(({ cell }) => cell(item, now))),
  )
}

function showOrphans(items: readonly Orphan[], format: Format, terminal: Terminal): void {
  if (format === 'json') return printJson(terminal, items)
  if (items.length === 0) return terminal.note('there are none')
  const now = Date.now()
  const rows = items.map((orphan) => {
    const { addressable, name, waiting, since, oldest, id } = orphan
    return [addressable, name, String(waiting), age(since, now), age(oldest, now), id]
  })
  printTable(terminal, ['ADDRESSABLE', 'NAME', 'WAITING', 'ORPHANED FOR', 'OLDEST', 'ID'], rows)
}

function showProcesses(items: readonly ListedProcess[], format: Format, terminal: Terminal): void {
  if (format === 'json') return printJson(terminal, items)
  const [head = [], ...rows] = processRows(items, Date.now())
  printTable(terminal, head, rows)
}

function isChosen(namespace: string | undefined, name: string | undefined): (orphan: Orphan) => boolean {
  return (orphan) =>
    (namespace === undefined || orphan.namespace === namespace) &&
    (name === undefined || orphan.name === name)
}
