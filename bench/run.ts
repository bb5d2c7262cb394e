import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { casesOn } from './cases/all-cases.ts'
import { tables } from './micro/tables.ts'
import { benchOptions, usage } from './options.ts'
import { printResult } from './report/print.ts'
import { table } from './report/table.ts'
import { runCases } from './run-cases.ts'

/* `npm run bench`: every case, or those asked for; exit 1 where something was lost. */

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  let options
  try {
    options = benchOptions(args)
  } catch (error) {
    return misused((error as Error).message)
  }
  const { only, tables: wanted } = options
  const allCases = casesOn(options.store)
  if (options.list) {
    process.stdout.write(table(allCases.map(({ name, what, reference }) => [name, `${what} / ${reference}`])))
    return 0
  }
  const known = allCases.map(({ name }) => name)
  const unknown = [
    ...only.filter((name) => !known.includes(name)),
    ...wanted.filter((name) => !Object.hasOwn(tables, name)),
  ]
  if (unknown.length > 0) return misused(`there is no ${unknown.join(', ')}; see --list`)
  if (wanted.length > 0) {
    for (const name of wanted) await tables[name]?.()
    return 0
  }
  const result = await runCases(
    only.length === 0 ? allCases : allCases.filter(({ name }) => only.includes(name)),
    options,
  )
  process.stdout.write(printResult(result))
  const file = options.json ?? join(import.meta.dirname, 'results', `${fileTime()}-${result.commit}.json`)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`)
  process.stdout.write(`\nwritten to ${file}\n`)
  return result.cases.some(({ lost }) => lost > 0) ? 1 : 0
}

function misused(message: string): number {
  process.stderr.write(`${message}\nusage: ${usage}\n`)
  return 2
}

function fileTime(): string {
  return new Date().toISOString().slice(0, 19).replaceAll(':', '')
}
