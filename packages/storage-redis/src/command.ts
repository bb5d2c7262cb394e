import { scripts } from './scripts.ts'

export type Argument = string | number | Uint8Array

/** One command: one step of the store. */
export interface RedisCommand {
  readonly name: string
  readonly args: readonly Argument[]
}

/** A script by its name in `lua/`. */
export function script(name: string, keys: readonly string[], args: readonly Argument[]): RedisCommand {
  const known = scripts.get(name)
  if (known === undefined) throw new Error(`there is no script ${name}.lua`)
  return { name: 'evalsha', args: [known.sha, keys.length, ...keys, ...args] }
}
