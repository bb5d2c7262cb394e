import { run } from './run.ts'

const tag = 'millrace-test'

/** What the engine says of a container. */
export interface Inspected {
  readonly Config: {
    readonly Entrypoint: string[] | string
    readonly Cmd: string[]
    readonly User: string
    readonly Env: string[]
  }
  readonly State: { readonly ExitCode: number; readonly Health?: { readonly Status: string } }
  readonly Mounts: { readonly Destination: string; readonly RW: boolean }[]
  readonly NetworkSettings: { readonly Ports: Record<string, { HostPort: string }[]> }
}

/** A container that ends with its scope, and its volumes with it. */
export interface Container extends AsyncDisposable {
  /** Where its ingress is reached from here. */
  url(): Promise<string>
  inspect(): Promise<Inspected>
  /** Runs a command in it; → its standard output. */
  exec(...command: string[]): Promise<string>
  /** Its standard output and standard error. */
  logs(): Promise<string>
  /** Sends a signal and waits for the end; → the exit code. */
  end(signal: string): Promise<number>
  start(): Promise<void>
}

/** Builds the image of this clone; → its size in bytes. */
export async function buildImage(): Promise<number> {
  await run(['docker', 'build', '--network', 'host', '-t', tag, '.'])
  const { stdout } = await run(['docker', 'image', 'inspect', '--format', '{{.Size}}', tag])
  return Number(stdout)
}

/** Runs the image; → its standard output, when it has ended. */
export async function runImage(options: readonly string[], command: readonly string[]): Promise<string> {
  const { stdout } = await run(['docker', 'run', '--rm', ...options, tag, ...command])
  return stdout
}

/** Starts a container of the image. */
export async function startContainer(...options: readonly string[]): Promise<Container> {
  const { stdout } = await run(['docker', 'run', '-d', '-p', '127.0.0.1::8080', ...options, tag])
  const id = stdout.trim()
  const inspect = async (): Promise<Inspected> => {
    const said = await run(['docker', 'inspect', id])
    return (JSON.parse(said.stdout) as [Inspected])[0]
  }
  return {
    inspect,
    async url() {
      const { NetworkSettings } = await inspect()
      return `http://127.0.0.1:${NetworkSettings.Ports['8080/tcp']?.[0]?.HostPort}`
    },
    exec: async (...command) => (await run(['docker', 'exec', id, ...command])).stdout,
    async logs() {
      const said = await run(['docker', 'logs', id])
      return said.stdout + said.stderr
    },
    async end(signal) {
      await run(['docker', 'kill', '--signal', signal, id])
      return Number((await run(['docker', 'wait', id])).stdout)
    },
    async start() {
      await run(['docker', 'start', id])
    },
    async [Symbol.asyncDispose]() {
      await run(['docker', 'rm', '--force', '--volumes', id])
    },
  }
}
