import type { StorageLimits } from '../../src/storage.ts'
import type { StorageHarness, Subject } from '../../src/conformance/index.ts'
import { MemoryHandle } from '../../src/memory/memory-handle.ts'
import { MemoryImage } from '../../src/memory/memory-image.ts'
import { openMemory } from '../../src/memory/memory-storage.ts'

/** The store in memory: the handle dies, the image stays. */
export const memoryHarness: StorageHarness = {
  create: async (limits) => subject(limits),
  unsupported: [{ case: 'failCommit', because: 'nothing in memory can fail half-way' }],
  histories: 500,
}

function subject(limits: StorageLimits = {}): Subject {
  const clock = { now: 1_700_000_000_000 }
  const image = new MemoryImage()
  const open = (): MemoryHandle => new MemoryHandle(image, () => clock.now)
  let handle = open()
  let storage = openMemory(handle, { limits })
  const openAgain = (): void => {
    handle = open()
    storage = openMemory(handle, { limits })
  }
  return {
    get storage() {
      return storage
    },
    clock,
    async reopen() {
      await storage.close()
      openAgain()
    },
    async crash() {
      handle.crash()
      openAgain()
    },
    crashAt: (point) => handle.crash(point),
    async revive() {
      await Promise.race([storage.stats(), Promise.resolve()])
      openAgain()
    },
    async damage(id) {
      const delivery = image.deliveries.get(id)
      if (delivery === undefined) throw new Error(`there is no delivery ${id}`)
      delivery.event.record = undefined
    },
    second: async () => openMemory(open()),
    dispose: () => storage.close(),
  }
}
