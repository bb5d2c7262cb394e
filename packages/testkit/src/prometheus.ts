import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from './eventually.ts'
import { onPath } from './on-path.ts'
import { exchange } from './post.ts'
import { freePorts } from './redis-cluster.ts'
import { tempDir } from './temp-dir.ts'

/** Why there is no Prometheus to test with; undefined: there is one. In CI that is a failure, not a skip. */
export const prometheusMissing: string | undefined =
  process.env.CI === 'true' || (onPath('prometheus') !== undefined && onPath('promtool') !== undefined)
    ? undefined
    : 'there is no prometheus on the PATH: install it (Debian: apt install prometheus; macOS: brew install prometheus)'

/** What promtool said. */
export interface Ran {
  readonly code: number | null
  /** Standard output and standard error. */
  readonly output: string
}

/** Runs promtool with these words, and this on its standard input. */
export function promtool(words: readonly string[], input = ''): Ran {
  const { status, stdout, stderr, error } = spawnSync('promtool', words, { input, encoding: 'utf8' })
  if (error !== undefined) throw error
  return { code: status, output: stdout + stderr }
}

/** A Prometheus that scrapes one target, job `millrace`, several times a second. */
export interface Prometheus extends AsyncDisposable {
  /** The result of a query now. */
  query(expression: string): Promise<readonly { readonly metric: Readonly<Record<string, string>> }[]>
}

/** Starts a Prometheus on a free port and waits until it has scraped the target. Dispose of it. */
export async function prometheus(target: string): Promise<Prometheus> {
  const home = await tempDir()
  const config = join(home.path, 'prometheus.yml')
  await writeFile(
    config,
    `global: {scrape_interval: 250ms, scrape_timeout: 250ms}
scrape_configs: [{job_name: millrace, static_configs: [{targets: ["${new URL(target).host}"]}]}]
`,
  )
  const [port = 0] = await freePorts(1)
  const address = `127.0.0.1:${port}`
  const flags = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(home.path, 'data')}`,
    `--web.listen-address=${address}`,
  ]
  const child = spawn('prometheus', flags, { stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  const ended = once(child, 'exit').then(() => {
    throw new Error(`prometheus ended: ${log}`)
  })
  ended.catch(() => undefined)
  const server: Prometheus = {
    async query(expression) {
      const url = `http://${address}/api/v1/query?query=${encodeURIComponent(expression)}`
      const { status, text } = await exchange('GET', url)
      if (status !== 200) throw new Error(`${expression}: ${text}`)
      return (JSON.parse(text) as { data: { result: { metric: Record<string, string> }[] } }).data.result
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL')
        await ended.catch(() => undefined)
      }
      await home[Symbol.asyncDispose]()
    },
  }
  try {
    const isUp = async (): Promise<boolean> => (await server.query('up == 1')).length === 1
    await Promise.race([ended, eventually(isUp, { timeoutMs: 20_000 })])
    return server
  } catch (error) {
    await server[Symbol.asyncDispose]()
    throw error
  }
}
