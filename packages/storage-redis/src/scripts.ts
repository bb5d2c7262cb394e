import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'

/** A Lua script: one step of the store. */
export interface Script {
  readonly sha: string
  readonly source: string
}

const folder = new URL('../lua/', import.meta.url)
const prelude = 'delivery'

/**
 * In a cluster whose node gives our slot away, a key that is not there is taken for one that has moved, and a
 * script that meets one in the middle of its work would leave the half of it. So each asks for one first.
 */
const guard = "redis.call('EXISTS', KEYS[1] .. ':nothing')\n"

/** All scripts by name, read once. */
export const scripts: ReadonlyMap<string, Script> = readScripts()

function readScripts(): ReadonlyMap<string, Script> {
  const shared = read(prelude)
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.lua'))
    .map((file) => file.slice(0, -'.lua'.length))
  return new Map(names.filter((name) => name !== prelude).map((name) => [name, scriptOf(read(name), shared)]))
}

/** What a script uses stands behind its first line, which says under which flags it runs. */
function scriptOf(text: string, shared: string): Script {
  const end = text.indexOf('\n') + 1
  const uses = text.includes(`-- @uses ${prelude}\n`) ? shared : ''
  const source = text.slice(0, end) + guard + uses + text.slice(end)
  return { source, sha: createHash('sha1').update(source).digest('hex') }
}

function read(name: string): string {
  return readFileSync(new URL(`${name}.lua`, folder), 'utf8')
}
