import { readFile } from 'node:fs/promises'
import { compileFilter, readHttpEvent, type Attributes, type Explanation, type Filter } from '@millrace/core'
import { compileExpression } from '../cesql-option.ts'
import { defineCommand } from '../command.ts'
import { CommandError, exitCode, usageError } from '../exit-code.ts'
import { findSource } from '../find-source.ts'
import type { Terminal } from '../terminal.ts'

export const filter = defineCommand({
  name: 'filter',
  summary: 'Try a filter on an event, and see why it matches or not',
  words: '[CESQL]',
  maxWords: 1,
  example: [
    `millrace filter "type = 'com.example.order' AND amount > 10" -e event.json`,
    'millrace filter -f trigger.yaml -e event.json',
  ].join('\n'),
  options: {
    event: {
      type: 'string',
      short: 'e',
      value: 'FILE',
      default: '-',
      help: 'the event as JSON (application/cloudevents+json), - for standard input',
    },
    file: {
      type: 'string',
      short: 'f',
      value: 'PATH',
      help: "the filters of this manifest's trigger instead",
    },
    trigger: { type: 'string', value: 'NAME', help: 'which trigger, where the manifests have several' },
  },
  async run({ flags, words }, terminal) {
    const [expression] = words
    if ((expression === undefined) === (flags.file === undefined))
      throw usageError(`millrace filter: give either a CESQL expression or -f with a trigger's manifest`)
    const compiled =
      flags.file === undefined
        ? compileExpression(expression ?? '')
        : await filterOfTrigger(flags.file, flags.trigger, terminal)
    const attributes = await readAttributes(flags.event, terminal)
    const explanation = compiled.explain(attributes)
    terminal.print(explanation.matched ? terminal.style('green', 'match') : terminal.style('red', 'no match'))
    for (const line of clauses(explanation, '')) terminal.print(line)
    return explanation.matched ? exitCode.done : exitCode.failed
  },
})

async function filterOfTrigger(path: string, name: string | undefined, terminal: Terminal): Promise<Filter> {
  const { formatFinding, isTrigger, loadManifests } = await import('@millrace/resources')
  const { resources, findings } = await loadManifests([path], {
    env: terminal.env,
    findSource,
    stdin: () => terminal.readInput(),
  })
  const errors = findings.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new CommandError(errors.map(formatFinding).join('\n'), exitCode.manifest)
  const triggers = resources.filter(isTrigger)
  const named = name === undefined ? triggers : triggers.filter(({ metadata }) => metadata.name === name)
  const [trigger] = named
  if (trigger === undefined || named.length > 1) {
    const known = triggers.map(({ metadata }) => metadata.name).join(', ')
    throw usageError(
      trigger === undefined && name === undefined
        ? `${path} has no trigger`
        : `name one trigger of ${path} with --trigger: ${known}`,
    )
  }
  const { filter: legacy, filters } = trigger.spec
  return compileFilter({ attributes: legacy?.attributes, filters })
}

async function readAttributes(file: string, terminal: Terminal): Promise<Attributes> {
  let bytes: Uint8Array
  try {
    bytes = file === '-' ? new TextEncoder().encode(await terminal.readInput()) : await readFile(file)
  } catch (cause) {
    throw new CommandError(`${file} cannot be read: ${(cause as Error).message}`, undefined, { cause })
  }
  const read = readHttpEvent(['content-type', 'application/cloudevents+json'], bytes)
  if (read.kind === 'problem') throw usageError(`${file} is no CloudEvent: ${read.problem.detail}`)
  return read.events[0]?.attributes ?? {}
}

/** A line for each clause, parts below what they are part of. */
function clauses({ matched, clause, value, error, children }: Explanation, indent: string): string[] {
  const found = error ?? (value === undefined ? undefined : `the event has ${value}`)
  const line = `${indent}${matched ? 'yes' : 'no '}  ${clause}${found === undefined ? '' : `  (${found})`}`
  return [line, ...(children ?? []).flatMap((child) => clauses(child, `${indent}  `))]
}
