import { broker } from './broker/broker.ts'
import { channel } from './channel/channel.ts'
import { inMemoryChannel } from './in-memory-channel/in-memory-channel.ts'
import { kafkaChannel } from './kafka-channel/kafka-channel.ts'
import type { Kind } from './kind.ts'
import { parallel } from './parallel/parallel.ts'
import { secret } from './secret/secret.ts'
import { sequence } from './sequence/sequence.ts'
import { service } from './service/service.ts'
import { subscription } from './subscription/subscription.ts'
import { trigger } from './trigger/trigger.ts'

/** Every kind that this version has. */
export const kinds: readonly Kind[] = [
  broker,
  trigger,
  channel,
  inMemoryChannel,
  kafkaChannel,
  subscription,
  sequence,
  parallel,
  service,
  secret,
]

/** The kind that a person names: singular, plural or short, in any case. */
export function findKind(word: string): Kind | undefined {
  const name = word.toLowerCase()
  return kinds.find((kind) => [kind.kind.toLowerCase(), kind.plural, ...kind.shortNames].includes(name))
}
