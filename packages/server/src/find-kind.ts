import type { FindSource } from '@millrace/resources'
import { SinkFinder } from './sinks/sink-finder.ts'
import { SourceFinder } from './sources/source-finder.ts'

/**
 * Finds the kinds of sources and sinks in their packages, for reading manifests.
 * @param folder where other people's packages are installed
 */
export function kindFinder(folder: string): FindSource {
  return firstOf(new SinkFinder(), new SourceFinder(folder))
}

/** Asks one finder after the other. */
export function firstOf(...finders: readonly { readonly find: FindSource }[]): FindSource {
  return async (wanted) => {
    for (const { find } of finders) {
      const kind = await find(wanted)
      if (kind !== undefined) return kind
    }
    return undefined
  }
}
