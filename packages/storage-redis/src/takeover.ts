import { script } from './command.ts'
import { list, text } from './reply.ts'
import { ask } from './store.ts'
import type { Store } from './store.ts'

const deliveriesAtOnce = 400

/**
 * Moves all that a dead process held to where everybody can claim it. From the first step on it is fenced
 * off. Any process can do it and go on with it. `own`: the process gives its own things back. → false: it lives
 */
export async function takeOver(
  store: Store,
  name: string,
  { own = false }: { readonly own?: boolean } = {},
): Promise<boolean> {
  const { log, marks, claims, taken, declared } = store.keys.process(name)
  const args = [store.keys.prefix, name, deliveriesAtOnce, own ? 1 : 0, store.now()]
  const command = script('takeover', [log, marks, claims, taken, declared], args)
  for (;;) {
    const [more, last] = await ask(store, () => command, list)
    if (more === -1) return false
    store.ids.passed(Number(text(last)))
    if (more === 0) return true
  }
}
