import { script } from './command.ts'
import { list, text } from './reply.ts'
import { ask } from './store.ts'
import type { Store } from './store.ts'

const deliveriesAtOnce = 400

export interface TakeoverOptions {
  /** The process gives its own things back. */
  readonly own?: boolean
  /** One that is only late may live: it has had no chance to renew its name. */
  readonly lenient?: boolean
}

/**
 * Moves all that a dead process held to where everybody can claim it. From the first step on it is fenced
 * off. Any process can do it and go on with it. → false: it lives
 */
export async function takeOver(
  store: Store,
  name: string,
  { own = false, lenient = false }: TakeoverOptions = {},
): Promise<boolean> {
  const { log, marks, claims, taken, declared } = store.keys.process(name)
  const args = [store.keys.prefix, name, deliveriesAtOnce, own ? 1 : 0, lenient ? 1 : 0]
  const command = script('takeover', [log, marks, claims, taken, declared], args)
  for (;;) {
    const [more, last] = await ask(store, () => command, list)
    if (more === -1) return false
    store.ids.passed(Number(text(last)))
    if (more === 0) return true
  }
}
