import { broker } from './broker/broker.ts'
import type { Kind } from './kind.ts'
import { secret } from './secret/secret.ts'
import { service } from './service/service.ts'
import { trigger } from './trigger/trigger.ts'

/** Every kind that this version has. */
export const kinds: readonly Kind[] = [broker, trigger, service, secret]

/** The kind that a person names: singular, plural or short, in any case. */
export function findKind(word: string): Kind | undefined {
  const name = word.toLowerCase()
  return kinds.find((kind) => [kind.kind.toLowerCase(), kind.plural, ...kind.shortNames].includes(name))
}
