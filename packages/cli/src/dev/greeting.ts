import { table } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { curl, type OwnEvent } from './own-event.ts'

/** What the greeting tells of a server that has just begun. */
export interface Greeting {
  readonly ingress: string
  readonly admin: string
  /** How the user calls the command line: `millrace`, or `npx millrace`. */
  readonly command: string
  /** What runs there, in sentences. */
  readonly what: readonly string[]
  /** Names, and what each is for. */
  readonly parts: readonly (readonly [name: string, purpose: string])[]
  /** None: there is nothing that takes events. */
  readonly own: OwnEvent | undefined
}

const usualAdmin = 'http://127.0.0.1:8081'

/** Its last lines are the `curl` for an event of one's own, and the commands to look further. */
export function greetingLines(greeting: Greeting, terminal: Pick<Terminal, 'style'>): string[] {
  const { ingress, admin, command, what, parts, own } = greeting
  const bold = (text: string) => terminal.style('bold', text)
  return [
    `${bold('Millrace')} takes events at ${bold(ingress)}, its admin port is ${bold(admin)}. Ctrl-C ends it.`,
    ...what,
    '',
    ...table(parts.map(([name, purpose]) => [`  ${terminal.style('cyan', name)}`, purpose])),
    ...(parts.length === 0 ? [] : ['']),
    ...(own === undefined ? [] : ['Send an event of your own:', '', `  ${curl(ingress, own)}`, '']),
    'Look further, in another terminal:',
    '',
    ...lookFurther(command, admin === usualAdmin ? '' : ` --server ${admin}`, own),
    '',
  ]
}

function lookFurther(command: string, server: string, own: OwnEvent | undefined): string[] {
  const words = ['get triggers', 'tail', ...(own === undefined ? [] : [`event ${own.id}`]), 'dlq ls']
  return words.map((word) => `  ${command} ${word}${server}`)
}
