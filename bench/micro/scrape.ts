import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { eventually, exchange, post, receiver, startMillrace } from '@millrace/testkit'
import { table } from '../report/table.ts'

const triggers = 10_000
const scrapes = 20
/** Between two requests that look whether the loop turns. */
const pauseMs = 5

/** Reads `/metrics` over and over in a thread of its own, so that what asks beside it is not held up by that. */
const reader = `
const { get } = require('node:http')
const { parentPort, workerData: { url, scrapes } } = require('node:worker_threads')
function scrape() {
  return new Promise((resolve, reject) => {
    const beganAt = performance.now()
    get(url, (answer) => answer.resume().on('end', () => resolve(performance.now() - beganAt))).on('error', reject)
  })
}
async function all() {
  const times = []
  for (let count = 0; count < scrapes; count += 1) times.push(await scrape())
  parentPort.postMessage(times)
}
all()
`

/**
 * What a scrape of ten thousand triggers costs, all of which have had traffic: its time, its CPU, and how
 * long another request waits meanwhile (the loop is held no longer than that).
 */
export async function scrape(): Promise<void> {
  await using sink = await receiver({ remember: 'ids' })
  const broker = 'apiVersion: eventing.knative.dev/v1\nkind: Broker\nmetadata: {name: default}\n'
  const all = Array.from({ length: triggers }, (_, index) => trigger(`t${index}`, sink.url))
  await using millrace = await startMillrace({ manifests: [broker, ...all].join('---\n') })
  // without filters one event is traffic for each of them
  await post(`${millrace.ingress}/default/default`, {})
  await eventually(() => sink.count === triggers, { timeoutMs: 120_000 })
  const url = `${millrace.admin}/metrics`
  const text = async (): Promise<string> => (await exchange('GET', url)).text
  for (let count = 0; count < 10; count += 1) await text()
  const before = await text()
  const { times, longestWaitMs } = await scraped(millrace.admin, url)
  const cpuMs = ((cpuSeconds(await text()) - cpuSeconds(before)) * 1_000) / scrapes
  process.stdout.write(
    table([
      ['triggers with traffic', String(triggers)],
      ['series', String(before.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length)],
      ['size', `${(before.length / 1e6).toFixed(1)} MB`],
      ['scrape, median', ms(times[scrapes >> 1])],
      ['scrape, worst', ms(times.at(-1))],
      ['CPU of a scrape, with all that the server does besides', ms(cpuMs)],
      ['longest wait of another request meanwhile', ms(longestWaitMs)],
    ]),
  )
}

function ms(time: number | undefined): string {
  return `${(time ?? 0).toFixed(1)} ms`
}

async function scraped(admin: string, url: string): Promise<{ times: number[]; longestWaitMs: number }> {
  const worker = new Worker(reader, { eval: true, workerData: { url, scrapes } })
  const times: number[] = []
  worker.once('message', (found: number[]) => {
    times.push(...found.toSorted((a, b) => a - b))
  })
  let longestWaitMs = 0
  while (times.length === 0) {
    const beganAt = performance.now()
    await exchange('GET', `${admin}/livez`)
    longestWaitMs = Math.max(longestWaitMs, performance.now() - beganAt)
    await delay(pauseMs)
  }
  return { times, longestWaitMs }
}

function cpuSeconds(metrics: string): number {
  return Number(/^process_cpu_seconds_total (\S+)$/m.exec(metrics)?.[1])
}

function trigger(name: string, url: string): string {
  return `apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: ${name}}
spec: {broker: default, subscriber: {uri: "${url}"}}
`
}
