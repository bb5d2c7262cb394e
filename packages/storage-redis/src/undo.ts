import { advanceArguments } from './advance-arguments.ts'
import { script } from './command.ts'
import type { RedisCommand } from './command.ts'
import type { KeySpace } from './key-space.ts'
import type { Operation, ProcessName } from './operation.ts'
import type { Store } from './store.ts'
import type { RefusedAppend } from './unsure.ts'

/** Takes events out again that were refused, though they may be stored. */
export function undoCommand(
  keys: KeySpace,
  { keys: { log, marks, claims } }: ProcessName,
  refused: readonly RefusedAppend[],
): RedisCommand {
  const args = refused.flatMap(({ events, advance }) => [
    ...advanceArguments(advance),
    events.length,
    ...events.flatMap(({ id, dedupe }) => [id, dedupe ?? '', dedupe === undefined ? 0 : 1]),
  ])
  return script('undo', [log, marks, claims], [keys.prefix, ...args])
}

/** Takes them out over the connection in use; should that break, it is done when the next one is there. */
export class Undo implements Operation {
  readonly #store: Store
  readonly #refused: readonly RefusedAppend[]

  constructor(store: Store, refused: readonly RefusedAppend[]) {
    this.#store = store
    this.#refused = refused
  }

  commands(process: ProcessName): readonly RedisCommand[] {
    return [undoCommand(this.#store.keys, process, this.#refused)]
  }

  answered(): void {
    // what others have gone on from stays, and waits for somebody
    if (this.#refused.some(({ advance }) => advance !== undefined)) this.#store.wake('all')
  }

  away(): void {
    this.#store.unsure.refused.push(...this.#refused)
  }
}
