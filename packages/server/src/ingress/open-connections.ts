import type { Socket } from 'node:net'

/**
 * The open connections of an ingress, up to a cap. Beyond it the one that has been without a request for
 * longest makes room, so that a flood of idle ones keeps nobody out; where all are busy, the new one is closed.
 */
export class OpenConnections {
  readonly #cap: number
  readonly #idle = new Set<Socket>()
  #open = 0

  constructor(cap: number) {
    this.#cap = cap
  }

  opened(socket: Socket): void {
    this.#open += 1
    socket.once('close', () => {
      this.#open -= 1
      this.#idle.delete(socket)
    })
    if (this.#open > this.#cap && !this.#makeRoom()) socket.destroy()
    else this.#idle.add(socket)
  }

  /** A request has come on it. */
  busy(socket: Socket): void {
    this.#idle.delete(socket)
  }

  /** All its requests have been answered. */
  idle(socket: Socket): void {
    if (!socket.destroyed) this.#idle.add(socket)
  }

  /** → whether there was one to close. */
  #makeRoom(): boolean {
    for (const longest of this.#idle) {
      this.#idle.delete(longest)
      longest.destroy()
      return true
    }
    return false
  }
}
