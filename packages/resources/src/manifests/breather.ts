import { setImmediate as nextTurn } from 'node:timers/promises'

/** Longer than this no stretch of reading holds up whatever else the process does. */
const LONGEST_MS = 5

/** Lets a long piece of work give way to others from time to time: events go on while manifests are read. */
export class Breather {
  #since = performance.now()

  async breathe(): Promise<void> {
    if (performance.now() - this.#since < LONGEST_MS) return
    await nextTurn()
    this.#since = performance.now()
  }
}
