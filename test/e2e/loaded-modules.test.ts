import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { post, receiver, startMillrace, tempDir } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { layers } from '../architecture/layers.ts'
import { broker, trigger } from './fixture/manifests.ts'

const preload = new URL('fixture/record-modules.js', import.meta.url).href

/** The adapters: our packages that the server loads when they are asked for, and their clients. */
const adapters = layers['@millrace/server']!.lazy!
const clients = adapters.flatMap((name) => layers[name]?.libraries ?? [])

/** Which packages of adapters, and which of their clients, a server has loaded that ran these manifests and took an event. */
async function loadedWith(manifests: string): Promise<string[]> {
  await using folder = await tempDir()
  const file = join(folder.path, 'modules')
  const env = { NODE_OPTIONS: `--import=${preload}`, LOADED_MODULES: file }
  await using sink = await receiver()
  await using millrace = await startMillrace({
    manifests: `${broker()}${trigger('t', sink.url)}${manifests}`,
    env,
  })
  expect((await post(`${millrace.ingress}/default/default`)).status).toBe(202)
  // the largest client takes seconds to load on a busy machine
  await sink.received(1, { timeoutMs: 60_000 })
  const urls = (await readFile(file, 'utf8')).split('\n')
  expect(urls.some((url) => url.includes('/node_modules/fastify/'))).toBe(true)
  const folderOf = (name: string): string =>
    name.startsWith('@millrace/')
      ? `/packages/${name.slice('@millrace/'.length)}/src/`
      : `/node_modules/${name}/`
  return [...adapters, ...clients].filter((name) => urls.some((url) => url.includes(folderOf(name))))
}

/** A source of each kind that has a client; none of them reaches anything. */
const sources: readonly (readonly [kind: string, manifest: string, loads: readonly string[]])[] = [
  [
    'PingSource',
    `
apiVersion: sources.knative.dev/v1
kind: PingSource
metadata: {name: tick}
spec: {schedule: "0 0 1 1 *", sink: {uri: "http://127.0.0.1:1/"}}
`,
    ['@millrace/source-ping', 'croner'],
  ],
  [
    'KafkaSource',
    `
apiVersion: sources.knative.dev/v1
kind: KafkaSource
metadata: {name: topics}
spec: {bootstrapServers: ["127.0.0.1:1"], topics: [orders], sink: {uri: "http://127.0.0.1:1/"}}
`,
    ['@millrace/source-kafka', 'kafkajs'],
  ],
  [
    'CloudPubSubSource',
    `
apiVersion: events.cloud.google.com/v1
kind: CloudPubSubSource
metadata: {name: messages}
spec: {topic: orders, project: none, sink: {uri: "http://127.0.0.1:1/"}}
`,
    ['@millrace/source-pubsub'],
  ],
]

describe('what a server loads of its adapters', () => {
  test('of sources nothing where no manifest names one, of stores the one that it has', async () => {
    expect(await loadedWith('')).toEqual(['@millrace/storage-sqlite'])
  })

  test.each(sources)('%s: itself and its client', { timeout: 90_000 }, async (_, manifest, loads) => {
    const loaded = await loadedWith(`---${manifest}`)
    expect(loaded).toEqual(expect.arrayContaining([...loads, '@millrace/storage-sqlite']))
    const others = adapters.filter((name) => !loads.includes(name) && name !== '@millrace/storage-sqlite')
    expect(loaded.filter((name) => others.includes(name))).toEqual([])
  })
})
