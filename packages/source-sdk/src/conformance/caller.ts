import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { WebhookRequest } from '../webhook.ts'
import type { TestHost } from './test-host.ts'

/** What calls a source: sends each request until it is acknowledged, and knows which ones were not. */
export class Caller implements Disposable {
  readonly #request: (id: string) => WebhookRequest
  readonly #unacknowledged: string[] = []
  #disposed = false

  /** @param request the request for what happened under an id */
  constructor(request: (id: string) => WebhookRequest) {
    this.#request = request
  }

  /** So many things happen. → their ids */
  async happen(count: number, host: TestHost): Promise<readonly string[]> {
    const ids = Array.from({ length: count }, () => randomUUID())
    for (const id of ids) await this.#send(id, host)
    return ids
  }

  /** Sends again what a crash has left without an answer. */
  async again(host: TestHost): Promise<void> {
    for (const id of this.#unacknowledged.splice(0)) await this.#send(id, host)
  }

  /** Gives up what is not acknowledged yet. */
  [Symbol.dispose](): void {
    this.#disposed = true
  }

  async #send(id: string, host: TestHost): Promise<void> {
    while (!this.#disposed) {
      const { kind } = host.crashed ? { kind: 'crashed' } : await host.call(this.#request(id))
      if (kind === 'accepted') return
      if (kind === 'crashed') {
        this.#unacknowledged.push(id)
        return
      }
      if (kind !== 'unavailable') throw new Error(kind)
      await nextTurn()
    }
  }
}
