import { FencedError } from '../errors.ts'
import type { Checkpoints, Fence, Singletons } from '../storage.ts'
import type { MemoryHandle } from './memory-handle.ts'

export function memoryCheckpoints(handle: MemoryHandle): Checkpoints {
  const { checkpoints, singletons } = handle.image

  function assertHeld(fence: Fence | undefined): void {
    if (fence !== undefined && singletons.get(fence.name)?.token !== fence.token)
      throw new FencedError(fence.name)
  }

  return {
    get: (key) => handle.commit(() => checkpoints.get(key)),
    list: (prefix) =>
      handle.commit(() => [...checkpoints].filter(([key]) => key.startsWith(prefix)).toSorted(byKey)),
    put: (key, value, fence) =>
      handle.commit(() => {
        assertHeld(fence)
        checkpoints.set(key, value.slice())
      }),
    delete: (key, fence) =>
      handle.commit(() => {
        assertHeld(fence)
        checkpoints.delete(key)
      }),
  }
}

export function memorySingletons(handle: MemoryHandle): Singletons {
  const { singletons } = handle.image

  function acquire(name: string, holder: string, ttlMs: number): number | undefined {
    const now = handle.now()
    const known = singletons.get(name)
    if (known !== undefined && known.until > now && known.holder !== holder) return undefined
    const token = (known?.token ?? 0) + 1
    singletons.set(name, { holder, token, until: now + ttlMs })
    return token
  }

  function extend(name: string, token: number, until: number): boolean {
    const known = singletons.get(name)
    if (known?.token !== token || known.until <= handle.now()) return false
    known.until = until
    return true
  }

  return {
    acquire: (name, holder, ttlMs) => handle.commit(() => acquire(name, holder, ttlMs)),
    renew: (name, token, ttlMs) => handle.commit(() => extend(name, token, handle.now() + ttlMs)),
    release: (name, token) => handle.commit(() => void extend(name, token, 0)),
  }
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}
