import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const sources = join(import.meta.dirname, '../native')
const built = join(import.meta.dirname, '../../node_modules/.cache/millrace-bench')

/** The compiled program, made anew when its source has changed; undefined where there is no compiler. */
export async function nativeProgram(name: 'load' | 'sink'): Promise<string | undefined> {
  const source = join(sources, `${name}.c`)
  const hash = createHash('sha256')
  for (const file of [source, join(sources, 'histogram.h')]) hash.update(readFileSync(file))
  const program = join(built, `${name}-${hash.digest('hex').slice(0, 12)}`)
  if (existsSync(program)) return program
  mkdirSync(built, { recursive: true })
  try {
    await promisify(execFile)('cc', ['-D_GNU_SOURCE', '-O2', '-Wall', '-o', program, source])
    return program
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
