import { sqliteStorage } from '@millrace/storage-sqlite'
import { encodeRecord, type AppendItem } from '@millrace/storage'
import { readHttpEvent } from '@millrace/core'
import { startMillrace, type Millrace } from '@millrace/testkit'
import { residentMebibytes } from '../measure/cpu.ts'
import type { Sample } from '../measure/contest.ts'
import { nodeProgram } from '../load/program.ts'
import { passage, plain } from '../traffic.ts'
import type { Rig } from '../rig.ts'
import type { BenchCase } from './bench-case.ts'
import { broker, trigger } from './manifests.ts'

const rounds = 5
const million = 1_000_000
const chunk = 5_000

/** From nothing to `ready`, and what is in memory then. */
export const start: readonly BenchCase[] = [
  {
    name: 'start-empty',
    what: 'the start of a server to ready, with an empty store',
    reference: 'a bare Node that listens',
    unit: 'ms',
    rounds,
    open: async (rig) => ({ measured: await starting(rig, 0), reference: bareStart }),
  },
  {
    name: 'start-million',
    what: 'the start of a server to ready, with 1,000,000 deliveries waiting',
    reference: 'its start with an empty store',
    unit: 'ms',
    rounds,
    open: async (rig) => ({ measured: await starting(rig, million), reference: await starting(rig, 0) }),
  },
  memory('memory', 'resident memory after a slice of saturation', {}),
  memory('memory-900k', 'resident memory after a slice of events of 900 KB', {
    message: { ...plain.message, bytes: 900 * 1_024 },
    connections: 16,
  }),
]

/** A server that is started anew on the same store in each slice. */
async function starting(rig: Rig, waiting: number): Promise<() => Promise<Sample>> {
  const server = rig.use(await startMillrace({ manifests: broker + trigger({ name: 't' }) }))
  await server.stop()
  if (waiting > 0) await fill(server, waiting)
  return async () => {
    const begun = performance.now()
    await server.start()
    const cost = performance.now() - begun
    await server.stop()
    // its process is not there before: what is foreign load cannot be told
    return { cost, accepted: 0, expected: 0, delivered: 0, foreign: 0 }
  }
}

async function bareStart(): Promise<Sample> {
  const begun = performance.now()
  await using program = nodeProgram('subjects/floor-in.ts')
  await program.next()
  return { cost: performance.now() - begun, accepted: 0, expected: 0, delivered: 0, foreign: 0 }
}

/** Puts deliveries of the trigger into the store, as if they had been accepted and never delivered. */
async function fill({ storePath }: Millrace, count: number): Promise<void> {
  const storage = await sqliteStorage({ path: storePath })
  const [route] = (await storage.routes.list()).map((one) => one.route)
  if (route === undefined) throw new Error('the trigger has no number in the store')
  const record = small()
  for (let done = 0; done < count; done += chunk)
    await storage.append(
      Array.from({ length: chunk }, (): AppendItem => ({
        owner: plain.message.path,
        record,
        to: [{ route, lease: false }],
      })),
    )
  await storage.close()
}

function small(): Uint8Array {
  const headers = [
    'ce-specversion',
    '1.0',
    'ce-id',
    '1',
    'ce-source',
    '/bench',
    'ce-type',
    'com.example.small',
  ]
  const read = readHttpEvent(headers, new Uint8Array(0))
  const [event] = read.kind === 'events' ? read.events : []
  if (event === undefined) throw new Error('the event is none')
  return encodeRecord({ event, headers: {}, acceptedAt: Date.now() })
}

function memory(name: string, what: string, changes: Partial<typeof plain>): BenchCase {
  return {
    name,
    what,
    reference: 'null relay after the same',
    unit: 'MiB',
    rounds,
    async open(rig) {
      const url = rig.sink.url('/ok')
      const traffic = { ...plain, ...changes }
      const server = await rig.millrace(broker + trigger({ name: 't', url }))
      const relay = await rig.nullRelay([url])
      const side = (subject: typeof server | typeof relay) => {
        const run = passage(rig, subject, traffic)
        return async (ms: number) => ({ ...(await run(ms)), cost: residentMebibytes(subject.pid) })
      }
      return { measured: side(server), reference: side(relay) }
    },
  }
}
