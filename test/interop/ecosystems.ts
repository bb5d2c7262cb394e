import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { serverCache } from '@millrace/testkit'

const run = promisify(execFile)

/** A tool of its ecosystem. */
interface Tool {
  /** Shows that it is there, and prints its version first of all numbers. */
  readonly probe: readonly [name: string, ...args: string[]]
  readonly least?: string
}

/** A CloudEvents SDK of another language, with a program that sends and receives by it. */
export interface Ecosystem {
  readonly name: string
  /** The folder of the program. */
  readonly folder: string
  readonly tools: readonly Tool[]
  /** Fills an empty folder with all that the program needs to run. */
  readonly build: (into: string) => Promise<unknown>
  /** How the program is run once that folder is filled. */
  readonly command: (folder: string) => readonly [command: string, ...args: string[]]
  readonly env?: (folder: string) => Readonly<Record<string, string>>
  /** The SDK gives every event a time. */
  readonly addsTime?: boolean
  readonly sendsBatches?: boolean
}

const here = fileURLToPath(new URL('.', import.meta.url))
const go = join(here, 'go')
const python = join(here, 'python')
const java = join(here, 'java')

export const ecosystems: readonly Ecosystem[] = [
  {
    name: 'Go',
    folder: go,
    tools: [{ probe: ['go', 'version'], least: '1.23' }],
    build: (into) =>
      run('go', ['build', '-buildvcs=false', '-o', join(into, 'interop'), '.'], {
        cwd: go,
        // never another toolchain than the one that is there
        env: { ...process.env, GOTOOLCHAIN: 'local' },
      }),
    command: (folder) => [join(folder, 'interop')],
    sendsBatches: true,
  },
  {
    name: 'Python',
    folder: python,
    tools: [{ probe: ['python3', '--version'], least: '3.10' }, { probe: ['pip3', '--version'] }],
    build: (into) =>
      run('python3', [
        '-m',
        'pip',
        'install',
        '--quiet',
        '--disable-pip-version-check',
        '--no-deps',
        `--target=${into}`,
        `--requirement=${join(python, 'requirements.txt')}`,
      ]),
    command: () => ['python3', join(python, 'interop.py')],
    env: (folder) => ({ PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' }),
    addsTime: true,
  },
  {
    name: 'Java',
    folder: java,
    tools: [{ probe: ['javac', '-version'], least: '17' }, { probe: ['mvn', '--version'] }],
    build: async (into) => {
      await run('mvn', [
        '--quiet',
        '--batch-mode',
        `--file=${join(java, 'pom.xml')}`,
        'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies',
        '-DincludeScope=runtime',
        `-DoutputDirectory=${into}`,
      ])
      await run('javac', ['-cp', join(into, '*'), '-d', into, join(java, 'Interop.java')])
    },
    command: (folder) => ['java', '-cp', [folder, join(folder, '*')].join(delimiter), 'Interop'],
  },
]

/** The tools that are not there, or too old. */
export function missingTools({ tools }: Ecosystem): string[] {
  return tools
    .filter(({ probe, least }) => !isThere(probe, least))
    .map(({ probe: [name], least }) => (least === undefined ? name : `${name} ${least} or later`))
}

function isThere([command, ...args]: Tool['probe'], least = '0'): boolean {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  const [version = '0'] = /\d+(?:\.\d+)*/.exec(`${stdout}${stderr}`) ?? []
  return status === 0 && version.localeCompare(least, 'en', { numeric: true }) >= 0
}

/** Builds a program, or finds it where it was built before. → a folder for `command` */
export async function built({ folder, name, build }: Ecosystem): Promise<string> {
  // what is built, and how
  const hash = createHash('sha256').update(readFileSync(fileURLToPath(import.meta.url)))
  for (const file of readdirSync(folder).toSorted())
    hash.update(file).update(readFileSync(join(folder, file)))
  const cached = join(serverCache, 'interop', `${name.toLowerCase()}-${hash.digest('hex').slice(0, 16)}`)
  if (existsSync(cached)) return cached
  await mkdir(dirname(cached), { recursive: true })
  const part = await mkdtemp(`${cached}-`)
  await build(part)
  // another run may have been faster
  await rename(part, cached).catch(() => rm(part, { recursive: true, force: true }))
  return cached
}

/** Starts a program with these arguments. */
export function start(ecosystem: Ecosystem, folder: string, args: readonly string[]): ChildProcess {
  const [command, ...rest] = ecosystem.command(folder)
  const env = { ...process.env, ...ecosystem.env?.(folder) }
  return spawn(command, [...rest, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] })
}
