import { FencedError } from '@millrace/storage'
import type { Checkpoints, Fence, Singletons } from '@millrace/storage'
import { script } from './command.ts'
import { newsText } from './news.ts'
import { list, pairs } from './reply.ts'
import { ask } from './store.ts'
import type { Store } from './store.ts'

export function checkpoints(store: Store): Checkpoints {
  const { keys, member } = store
  const all = keys.of('checkpoints')

  async function change(key: string, value: Uint8Array | undefined, fence?: Fence): Promise<void> {
    const args = [key, ...(value === undefined ? ['0', ''] : ['1', value.slice()])]
    const said = newsText({ from: member, checkpoint: key })
    const holder = fence === undefined ? [] : [keys.of(`singleton:${fence.name}`)]
    const words = [...args, keys.channel, said, ...(fence === undefined ? [] : [fence.token])]
    const done = await ask(store, () => script('checkpoint', [all, ...holder], words), Number)
    if (fence !== undefined && done === 0) throw new FencedError(fence.name)
  }

  return {
    get: (key) => ask(store, () => ({ name: 'hget', args: [all, key] }), bytesOf),
    async list(prefix) {
      const found = await ask(
        store,
        () => script('hash', [all], []),
        (value) => pairs(list(value)[0]),
      )
      return found
        .filter(([key]) => key.startsWith(prefix))
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => [key, bytesOf(value) ?? new Uint8Array()] as const)
    },
    put: change,
    delete: (key, fence) => change(key, undefined, fence),
  }
}

export function singletons(store: Store): Singletons {
  const { keys, clock } = store

  function change(what: 'acquire' | 'extend', name: string, who: string, ttlMs: number): Promise<number> {
    const args = [keys.prefix, what, clock?.() ?? '', ttlMs, who]
    return ask(store, () => script('singleton', [keys.of(`singleton:${name}`)], args), Number)
  }

  return {
    async acquire(name, holder, ttlMs) {
      const token = await change('acquire', name, holder, ttlMs)
      return token === 0 ? undefined : token
    },
    renew: async (name, token, ttlMs) => (await change('extend', name, String(token), ttlMs)) === 1,
    release: async (name, token) => void (await change('extend', name, String(token), 0)),
  }
}

function bytesOf(value: unknown): Uint8Array | undefined {
  return Buffer.isBuffer(value) ? new Uint8Array(value) : undefined
}
