import { broker } from './broker/broker.ts'
import type { Kind } from './kind.ts'
import { trigger } from './trigger/trigger.ts'

/** Every kind that this version has. */
export const kinds: readonly Kind[] = [broker, trigger]

/** The kind of a manifest, by its own words. */
export function kindOf(apiVersion: string, name: string): Kind | undefined {
  return kinds.find((kind) => kind.kind === name && kind.apiVersions.includes(apiVersion))
}

/** The kind that a person names: singular, plural or short, in any case. */
export function findKind(word: string): Kind | undefined {
  const name = word.toLowerCase()
  return kinds.find((kind) => [kind.kind.toLowerCase(), kind.plural, ...kind.shortNames].includes(name))
}
