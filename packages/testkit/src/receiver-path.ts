import { eventually, type EventuallyOptions } from './eventually.ts'
import type { ReceivedRequest } from './received-request.ts'
import { Script, type ScriptedAnswer } from './receiver-script.ts'

/** One path of a receiver, or all of them together: what came there, and what it answers. */
export class ReceiverPath {
  readonly url: string
  readonly requests: ReceivedRequest[] = []
  /** The `ce-id` of each request, in order, repeated ones too. */
  readonly ids: string[] = []
  /** The `ce-id` of each request that was answered with 2xx, in order of the answers. */
  readonly taken: string[] = []
  readonly #script = new Script()
  #count = 0
  #answered = 0

  constructor(url: string) {
    this.url = url
  }

  /** Requests that were read, answered or not. */
  get count(): number {
    return this.#count
  }

  /** Requests that were read and not yet answered. */
  get pending(): number {
    return this.#count - this.#answered
  }

  get hasAnswers(): boolean {
    return this.#script.hasAnswers
  }

  /** Answers in this order; the last one stays. A path without answers takes the receiver's, then 200. */
  replyWith(...answers: ScriptedAnswer[]): void {
    this.#script.replyWith(answers)
  }

  /** Asks for each answer. */
  replyBy(choose: (request: ReceivedRequest) => ScriptedAnswer): void {
    this.#script.replyBy(choose)
  }

  /** Reads requests but answers none of them until `release()`. */
  hold(): void {
    this.#script.hold()
  }

  release(): void {
    this.#script.release()
  }

  /** Waits until so many requests have come. */
  async received(count: number, options?: EventuallyOptions): Promise<void> {
    await eventually(() => {
      if (this.#count < count) throw new Error(`${this.url} has received ${this.#count} of ${count} requests`)
    }, options)
  }

  /** For the receiver: notes a request. */
  note(request: ReceivedRequest, remember: 'requests' | 'ids'): void {
    this.#count += 1
    const id = request.headers['ce-id']
    if (typeof id === 'string') this.ids.push(id)
    if (remember === 'requests') this.requests.push(request)
  }

  /** For the receiver: waits until answers are not held. */
  async opened(): Promise<void> {
    await this.#script.open
  }

  nextAnswer(request: ReceivedRequest): ScriptedAnswer {
    return this.#script.next(request)
  }

  noteAnswered(request: ReceivedRequest, given: ScriptedAnswer): void {
    this.#answered += 1
    const id = request.headers['ce-id']
    const status = typeof given === 'number' ? given : given.reset === undefined ? (given.status ?? 200) : 0
    if (typeof id === 'string' && status >= 200 && status < 300) this.taken.push(id)
  }
}
