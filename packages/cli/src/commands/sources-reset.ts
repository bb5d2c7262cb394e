import { AdminClient, serverOptions } from '../admin-client.ts'
import { defineCommand } from '../command.ts'
import { exitCode, usageError } from '../exit-code.ts'
import { printTable } from '../output.ts'

interface Reset {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly to: string
  readonly steps: readonly { readonly what: string; readonly from?: number; readonly to: number }[]
}

const head = ['PARTITION', 'NOW', 'THEN', 'CHANGE']

export const sourcesReset = defineCommand({
  name: 'sources reset',
  summary:
    'Move where a stopped source reads on, to what its millrace.dev/offset says: shows the plan, moves with --yes',
  words: 'NAME',
  maxWords: 1,
  example: 'millrace sources reset clicks --yes',
  options: {
    ...serverOptions,
    namespace: {
      type: 'string',
      short: 'n',
      value: 'NAMESPACE',
      help: 'of this namespace; needed where several have one of this name',
    },
    yes: { type: 'boolean', help: 'move it; without this only the plan is shown' },
  },
  async run({ flags, words: [name] }, terminal) {
    if (name === undefined) throw usageError('millrace sources reset: say the name of a source')
    const { namespace, yes } = flags
    const body = { name, namespace, apply: yes ? 'true' : 'false' }
    const done = await new AdminClient(flags).post<Reset>('/api/sources/reset', body)
    printTable(
      terminal,
      head,
      done.steps.map(({ what, from, to }) => [what, String(from ?? 'none'), String(to), change(from, to)]),
    )
    const what = `${done.kind} ${done.namespace}/${done.name}`
    terminal.note(
      yes
        ? `${what} reads on from ${done.to}`
        : `nothing is moved yet: add --yes to let ${what} read on from ${done.to}`,
    )
    return exitCode.done
  },
})

function change(from: number | undefined, to: number): string {
  if (from === undefined || from === to) return from === to ? 'as it is' : 'begins there'
  return from > to ? `${from - to} again` : `${to - from} left out`
}
