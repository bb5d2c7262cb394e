// Before the tests: are the servers there that some of them talk to? On a developer's machine those tests
// are skipped, loudly; in CI (CI=true), and with --all, what is missing is installed where the system's packages
// have it, or fetched into ~/.cache/millrace, and its lack is a failure.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { missingForKafka, prepareKafka } from '../packages/testkit/src/kafka/kafka-files.ts'
import { onPath } from '../packages/testkit/src/on-path.ts'
import { provide } from './fetched.ts'
import { googleFakes } from './google-fakes.ts'
import { redisFlavours } from './redis-flavours.ts'

const servers = [
  { command: 'redis-server', package: 'redis-server', brew: 'redis', tests: 'of the Redis store' },
  { command: 'prometheus', package: 'prometheus', brew: 'prometheus', tests: 'of alerts and the dashboard' },
  // no server, but a test talks to it all the same
  { command: 'fish', package: 'fish', brew: 'fish', tests: 'of completion in fish' },
] as const
const isCi = process.env.CI === 'true' || process.argv.includes('--all')

function isThere({ command }: (typeof servers)[number]): boolean {
  return spawnSync(command, ['--version']).status === 0
}

function install(packages: readonly string[]): void {
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  const apt = [...asRoot, 'apt-get', '-o', 'DPkg::Lock::Timeout=300']
  // RUNLEVEL=1: the packages' own services are not started
  const env = { ...process.env, RUNLEVEL: '1', DEBIAN_FRONTEND: 'noninteractive' }
  for (const words of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', ...packages],
  ]) {
    const [command = '', ...args] = [...apt, ...words]
    spawnSync(command, args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
  }
}

/** What runs Kafka, and what fetches it, by the packages that have them. */
const javaPackages = { java: 'default-jre-headless', openssl: 'openssl', mvn: 'maven' } as const

const missing = servers.filter((server) => !isThere(server))
const missingForIt = missingForKafka() as (keyof typeof javaPackages)[]
const packages = [
  ...missing.map((server) => server.package),
  ...missingForIt.map((tool) => javaPackages[tool]),
]
if (packages.length > 0 && isCi) install(packages)
for (const server of missing.filter((each) => !isThere(each))) {
  const { command, brew, tests } = server
  console.error(
    isCi
      ? `there is no ${command}, and it could not be installed: the tests ${tests} cannot run`
      : `THERE IS NO ${command} ON THE PATH: the tests ${tests} are skipped (Debian: apt install ${server.package}; macOS: brew install ${brew})`,
  )
  if (isCi) process.exitCode = 1
}

for (const server of [...redisFlavours, ...googleFakes]) {
  const { name, command, tests, builder } = server
  const isWanted = isCi || (builder !== undefined && onPath(builder) !== undefined)
  const reason = isWanted ? provide(server) : undefined
  if (existsSync(command)) continue
  console.error(
    isWanted
      ? `${name} could not be made, and the tests ${tests} cannot run: ${reason}`
      : `THERE IS NO ${name} in ~/.cache/millrace: the tests ${tests} are skipped (${builder === undefined ? '' : `install ${builder}; `}node scripts/provide-servers.ts --all fetches it)`,
  )
  if (isCi) process.exitCode = 1
}

const stillMissing = missingForKafka()
if (stillMissing.length === 0)
  await prepareKafka().catch((err: Error) => lacks(`Kafka could not be prepared: ${err.message}`))
else lacks(`there is no ${stillMissing.join(', no ')} to run Kafka with`)

function lacks(what: string): void {
  console.error(
    isCi
      ? `${what}: the tests of KafkaSource and KafkaSink cannot run`
      : `${what.toUpperCase()}: the tests of KafkaSource and KafkaSink are skipped`,
  )
  if (isCi) process.exitCode = 1
}
