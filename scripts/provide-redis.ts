// Before the tests: is there a redis-server? On a developer's machine its tests are skipped, loudly; in CI
// (CI=true) it is installed where the system's packages have it, and its lack is a failure.
import { spawnSync } from 'node:child_process'

const server = 'redis-server'
const isCi = process.env.CI === 'true'

function hasRedis(): boolean {
  return spawnSync(server, ['--version']).status === 0
}

function install(): void {
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  const apt = [...asRoot, 'apt-get', '-o', 'DPkg::Lock::Timeout=300']
  // RUNLEVEL=1: the package's own service is not started
  const env = { ...process.env, RUNLEVEL: '1', DEBIAN_FRONTEND: 'noninteractive' }
  for (const words of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', server],
  ]) {
    const [command = '', ...args] = [...apt, ...words]
    spawnSync(command, args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
  }
}

if (!hasRedis() && isCi) install()
if (!hasRedis()) {
  console.error(
    isCi
      ? 'there is no redis-server, and it could not be installed: the tests of the Redis store cannot run'
      : 'THERE IS NO redis-server ON THE PATH: the tests of the Redis store are skipped (Debian: apt install redis-server; macOS: brew install redis)',
  )
  if (isCi) process.exitCode = 1
}
