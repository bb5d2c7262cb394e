// Completes package-lock.json: `node scripts/complete-lock.ts`, after each change of dependencies.
//
// A mirror that lacks the binaries of other platforms makes npm write a lock file without them, which
// `npm ci` then refuses, here and everywhere. Each that is missing gets an entry with its version and
// platform; and no entry names the registry that it came from.
import { readFileSync, writeFileSync } from 'node:fs'

interface Entry {
  version?: string
  resolved?: string
  dev?: boolean
  optional?: boolean
  os?: string[]
  cpu?: string[]
  optionalDependencies?: Record<string, string>
}

const path = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(path, 'utf8')) as { packages: Record<string, Entry> }
const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
]
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64']

let added = 0
for (const [parent, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (isThere(parent, name)) continue
    const words = name.split(/[/-]/)
    const os = systems.find((system) => words.includes(system))
    const cpu = processors.find((processor) => words.includes(processor))
    // Without a platform npm would try to install it everywhere.
    if (os === undefined || cpu === undefined)
      throw new Error(`${name} is missing and its name tells no platform`)
    lock.packages[`node_modules/${name}`] = {
      version,
      cpu: [cpu],
      ...(dev ? { dev } : {}),
      optional: true,
      os: [os],
    }
    added += 1
  }
}
for (const entry of Object.values(lock.packages))
  if (entry.resolved?.startsWith('http')) delete entry.resolved

const sorted = Object.entries(lock.packages).toSorted(([a], [b]) => a.localeCompare(b, 'en'))
writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`)
console.log(`${added} added`)

/** Whether a package has its own copy, or one further up. */
function isThere(parent: string, name: string): boolean {
  for (let folder = parent; folder !== ''; folder = above(folder)) {
    if (`${folder}/node_modules/${name}` in lock.packages) return true
  }
  return `node_modules/${name}` in lock.packages
}

/** The folder whose `node_modules` a package is in; none for one at the root. */
function above(folder: string): string {
  return folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))
}
