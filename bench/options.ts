import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { BenchStore } from './rig.ts'

export interface BenchOptions {
  readonly list: boolean
  /** Names of cases; empty: all. */
  readonly only: readonly string[]
  readonly rounds: number
  readonly sliceMs: number
  /** Where the result is written; undefined: below bench/results. */
  readonly json: string | undefined
  /** Another checkout of this repository, whose server is the reference of each case. */
  readonly against: string | undefined
  /** On what the servers keep their events. */
  readonly store: BenchStore
  /** Names of tables of single parts (micro/tables.ts). */
  readonly tables: readonly string[]
}

export const usage =
  'npm run bench -- [--list] [--only CASE,…] [--rounds N] [--slice MS] [--json FILE] [--against CHECKOUT] [--store redis] [codec|routing|storage]'

/** @throws {Error} that says which argument is wrong */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      list: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string', default: '10' },
      slice: { type: 'string', default: '1000' },
      json: { type: 'string' },
      against: { type: 'string' },
      store: { type: 'string', default: 'sqlite' },
    },
  })
  return {
    list: values.list,
    only: values.only.flatMap((names) => names.split(',')).filter((name) => name !== ''),
    rounds: positive('--rounds', values.rounds),
    sliceMs: positive('--slice', values.slice),
    json: values.json,
    against: values.against === undefined ? undefined : resolve(values.against),
    store: storeOf(values.store),
    tables: positionals,
  }
}

function storeOf(text: string): BenchStore {
  if (text !== 'sqlite' && text !== 'redis') throw new Error(`--store is "${text}"; it is sqlite or redis`)
  return text
}

function positive(flag: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`${flag} is "${text}"; it is a whole number from 1`)
  return value
}
