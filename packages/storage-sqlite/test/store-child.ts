import type { AppendResult, Lease, SettleResult } from '@millrace/storage'
import { sqliteStorage } from '../src/index.ts'
import type { SqliteStorageOptions } from '../src/index.ts'

/** What store-process.ts asks of this process: one store, one route, events that are texts. */
export interface ChildCalls {
  /** Appends each event, leased or not. */
  put: (texts: readonly string[], lease: boolean) => Promise<readonly AppendResult['kind'][]>
  /** As put, for one event, with all of the answer. */
  putOne: (text: string) => Promise<AppendResult>
  /** Settles what was leased. */
  done: (texts: readonly string[]) => Promise<readonly SettleResult['kind'][]>
  /** All that can be claimed. */
  waiting: () => Promise<readonly string[]>
  unsettled: () => Promise<number>
  health: () => Promise<string>
  /** Answers from the loop alone, whatever the store does. */
  ping: () => Promise<'pong'>
  close: () => Promise<void>
}

const options = JSON.parse(process.argv[2]!) as SqliteStorageOptions
const storage = await sqliteStorage(options)
const route = (await storage.routes.register(['/default/o|Trigger|default/t|subscriber']))
  .values()
  .next().value!
const leases = new Map<string, Lease>()
const seen: string[] = [storage.health.kind]
storage.subscribe({ health: ({ kind }) => void seen.push(kind) })

async function append(texts: readonly string[], lease: boolean): Promise<readonly AppendResult[]> {
  const results = await Promise.all(
    texts.map((text) =>
      storage.append([{ owner: '/default/o', record: Buffer.from(text), to: [{ route, lease }] }]),
    ),
  )
  for (const [n, [result]] of results.entries())
    if (result?.kind === 'stored') for (const held of result.leases) leases.set(texts[n]!, held)
  return results.map(([result]) => result!)
}

const calls: ChildCalls = {
  put: async (texts, lease) => (await append(texts, lease)).map(({ kind }) => kind),
  putOne: async (text) => (await append([text], true))[0]!,
  async done(texts) {
    const items = texts.map((text) => ({ lease: leases.get(text)!, outcome: { kind: 'done' } as const }))
    return (await storage.settle(items)).map(({ kind }) => kind)
  },
  async waiting() {
    const [result] = await storage.claim([{ route, max: 100_000, maxBytes: 100_000_000 }])
    await storage.release(result!.leases)
    return result!.leases.map(({ record }) => Buffer.from(record ?? []).toString())
  },
  unsettled: async () => (await storage.stats())[0]?.unsettled ?? 0,
  health: async () => storage.health.kind,
  ping: async () => 'pong',
  close: () => storage.close(),
}

type Asked = { readonly id: number; readonly name: keyof ChildCalls; readonly args: readonly unknown[] }

process.on('message', ({ id, name, args }: Asked) => {
  const call = calls[name] as (...args: readonly unknown[]) => Promise<unknown>
  void call(...args).then(
    (value) => process.send?.({ id, value }),
    (error: unknown) => process.send?.({ id, error: String(error) }),
  )
})
process.send?.({ id: 0 })
