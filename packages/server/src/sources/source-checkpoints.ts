import type { Checkpoint } from '@millrace/source-sdk'
import type { Checkpoints, Fence } from '@millrace/storage'
import type { SourceName } from './source-counters.ts'

const mostBytes = 64 * 1024

/** Where all that the store keeps of sources begins. */
export const allSources = 'source/'

/** Where what the store keeps of one source begins. A name has no slash. */
export function prefixOf({ namespace, kind, name }: SourceName): string {
  return `${allSources}${namespace}/${name}/${kind}/`
}

/** Which source a key of the store belongs to. */
export function sourceOfKey(key: string): SourceName | undefined {
  const [, namespace, name, kind] = key.split('/')
  if (namespace === undefined || name === undefined || kind === undefined) return undefined
  return { namespace, name, kind }
}

/** What the store knows a small value of a source by. */
export function checkpointKey(source: SourceName, key = ''): string {
  return `${prefixOf(source)}at/${key}`
}

/** The small values that a source keeps. `fence`: one that only one process runs writes as that one. */
export function checkpointOf(store: Checkpoints, source: SourceName, fence?: Fence): Checkpoint {
  const at = (key?: string): string => checkpointKey(source, key)
  return {
    get: (key) => store.get(at(key)),
    async put(value, key) {
      if (value.length > mostBytes)
        throw new RangeError(`a checkpoint of ${value.length} bytes is larger than ${mostBytes}`)
      await store.put(at(key), value, fence)
    },
    delete: (key) => store.delete(at(key), fence),
  }
}

/** Where a source that has something to remove upstream is remembered, so that it can be when it is gone. */
export function recordKey(source: SourceName): string {
  return `${prefixOf(source)}made`
}
