import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'undici'
import { eventually } from './eventually.ts'
import { gcsFakeCommand } from './google-fakes.ts'
import { freePorts } from './redis-cluster.ts'

/** A fake of Cloud Storage, in memory, whose notifications go to a fake of Pub/Sub. */
export interface GcsFake extends AsyncDisposable {
  /** For `GCS_ENDPOINT`. */
  readonly url: string
}

/** @param pubSubHost of the fake that notifications go to */
export async function gcsFake(pubSubHost: string): Promise<GcsFake> {
  // it cannot be told to choose one itself
  const [port = 0] = await freePorts(1)
  const url = `http://127.0.0.1:${port}`
  const child = spawn(
    gcsFakeCommand,
    `-backend memory -scheme http -host 127.0.0.1 -port ${port} -public-host 127.0.0.1:${port} -external-url ${url}`.split(
      ' ',
    ),
    { stdio: 'ignore', env: { ...process.env, PUBSUB_EMULATOR_HOST: pubSubHost } },
  )
  const fake: GcsFake = {
    url,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
  try {
    await eventually(() => answers(url), { timeoutMs: 20_000 })
  } catch (error) {
    await fake[Symbol.asyncDispose]()
    throw error
  }
  return fake
}

async function answers(url: string): Promise<boolean> {
  const { statusCode, body } = await request(`${url}/storage/v1/b?project=x`)
  await body.dump()
  return statusCode === 200
}
