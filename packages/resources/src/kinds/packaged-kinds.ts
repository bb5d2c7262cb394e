import { knownSinks } from './sink/known-sinks.ts'
import { knownSources, type KnownSource } from './source/known-sources.ts'

/** Every kind of ours that comes in a package of its own. */
export const packagedKinds: readonly KnownSource[] = [...knownSources, ...knownSinks]
