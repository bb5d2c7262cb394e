import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type { Batch, Opening, Reply, WorkerSettings } from '../wire.ts'
import { removeIncomplete } from './append.ts'
import { DiskSpace } from './disk-space.ts'
import { Engine } from './engine.ts'
import { loadFaults } from './faults.ts'
import { holdDirectory } from './lock.ts'
import { OpenFailure } from './open-failure.ts'
import { Outbox } from './outbox.ts'
import { RequestReader } from './request-reader.ts'
import { describeError } from './sqlite-error.ts'
import { openStore } from './store.ts'
import { transaction } from './transaction.ts'
import type { Store } from './store.ts'
import { assertNoUnfinishedCopy } from './unfinished-copy.ts'

const settings = workerData as WorkerSettings
const port = parentPort!

try {
  await start()
} catch (error) {
  const code = error instanceof OpenFailure ? error.code : 'unusable'
  const message =
    error instanceof OpenFailure
      ? error.message
      : `the store ${settings.path} cannot be opened: ${describeError(error)}`
  say({ kind: 'failed', code, message })
  port.close()
}

async function start(): Promise<void> {
  const { path, reserveBytes, limits } = settings
  const hooks = await loadFaults(settings)
  mkdirSync(path, { recursive: true })
  const lock = holdDirectory(path)
  assertNoUnfinishedCopy(path)
  const store = openWhole(path, limits)
  syncDirectory(path)
  const disk = new DiskSpace(path, reserveBytes)
  const outbox = new Outbox((reply: Reply, transfer) => port.postMessage(reply, transfer))
  const engine = new Engine({ path, store, disk, outbox, hooks, closed })
  const reader = new RequestReader()
  port.on('message', (first: Batch) => {
    const batches = arrived(first)
    engine.receive(
      batches.flatMap((batch) => reader.read(batch)),
      batches.flatMap(({ memory: { words, bytes } }) => [words.buffer, bytes.buffer]),
    )
  })
  say({ kind: 'open', routes: [...store.state.routes.keys()], health: engine.health })

  function closed(): void {
    lock.close()
    port.close()
  }
}

/** All that has arrived so far: one group. */
function arrived(first: Batch): readonly Batch[] {
  const batches = [first]
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port))
    batches.push(next.message as Batch)
  return batches
}

function openWhole(path: string, limits: WorkerSettings['limits']): Store {
  const store = openStore(path, limits)
  const incomplete = store.connection.db.prepare('SELECT 1 FROM event WHERE complete = 0 LIMIT 1').get()
  if (incomplete !== undefined) transaction(store, () => removeIncomplete(store))
  return store
}

/** The names of new files are durable only with their directory. */
function syncDirectory(path: string): void {
  const directory = openSync(path, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}

function say(opening: Opening): void {
  port.postMessage(opening)
}
