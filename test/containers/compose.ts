import { basename } from 'node:path'
import { freePorts } from '@millrace/testkit'
import { root, run, type Said } from './run.ts'

/** The services of docker-compose.yml, running. */
export interface Composed extends AsyncDisposable {
  /** The one port. */
  readonly url: string
  /** `docker compose`, or docker-compose where that is what there is. */
  compose(...args: string[]): Promise<Said>
  /** Runs a command in a service; → its standard output. */
  exec(service: string, ...command: string[]): Promise<string>
  /** The lines that a service has printed. */
  lines(service: string): Promise<string[]>
  /** How a service has ended. */
  exitCode(service: string): Promise<number>
}

/** Builds and starts docker-compose.yml on a free port. */
export async function composeUp(): Promise<Composed> {
  const [port = 0] = await freePorts(1)
  const command = await composeCommand()
  const env = { MILLRACE_PORT: String(port), COMPOSE_PROJECT_NAME: `${basename(root)}-test`.toLowerCase() }
  const compose = (...args: string[]): Promise<Said> => run([...command, ...args], env)
  const dispose = async (): Promise<void> => {
    await compose('down', '--volumes', '--timeout', '10')
  }
  // what a run before left behind
  await dispose()
  try {
    await compose('build')
    await compose('up', '-d')
  } catch (error) {
    await dispose()
    throw error
  }
  return {
    url: `http://127.0.0.1:${port}`,
    compose,
    exec: async (service, ...words) => (await compose('exec', '-T', service, ...words)).stdout,
    async lines(service) {
      const { stdout } = await compose('logs', '--no-color', service)
      return stdout.split('\n').flatMap((line) => /^[\w-]+ +\| (.*)$/.exec(line)?.[1] ?? [])
    },
    async exitCode(service) {
      const id = (await compose('ps', '-q', '-a', service)).stdout.trim()
      return Number((await run(['docker', 'inspect', '--format', '{{.State.ExitCode}}', id])).stdout)
    },
    [Symbol.asyncDispose]: dispose,
  }
}

async function composeCommand(): Promise<[string, ...string[]]> {
  try {
    await run(['docker', 'compose', 'version'])
    return ['docker', 'compose']
  } catch {
    return ['docker-compose']
  }
}
