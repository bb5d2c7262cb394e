import type { ReceivedRequest } from './received-request.ts'
import type { TestEvent } from './test-event.ts'

/** What a receiver answers: a status alone, or more. */
export type ScriptedAnswer =
  | number
  | {
      /** Default 200. */
      readonly status?: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string | Uint8Array
      /** Answers with this event, in binary mode. */
      readonly event?: TestEvent
      /** Answers after so long. */
      readonly delayMs?: number
      /** Sends the body a byte at a time with so long between them. */
      readonly dripMs?: number
      /** Resets the connection instead, before any byte of an answer or in the middle of the body. */
      readonly reset?: 'at once' | 'in the body'
    }

/** What is answered, in order. The last answer stays. */
export class Script {
  #answers: ScriptedAnswer[] = []
  #choose: ((request: ReceivedRequest) => ScriptedAnswer) | undefined
  #gate: PromiseWithResolvers<void> | undefined

  get hasAnswers(): boolean {
    return this.#answers.length > 0 || this.#choose !== undefined
  }

  replyWith(answers: readonly ScriptedAnswer[]): void {
    this.#answers = [...answers]
  }

  replyBy(choose: (request: ReceivedRequest) => ScriptedAnswer): void {
    this.#choose = choose
  }

  next(request: ReceivedRequest): ScriptedAnswer {
    if (this.#choose !== undefined) return this.#choose(request)
    return (this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0]) ?? 200
  }

  hold(): void {
    this.#gate ??= Promise.withResolvers()
  }

  release(): void {
    this.#gate?.resolve()
    this.#gate = undefined
  }

  /** Waits while answers are held. */
  get open(): Promise<void> | undefined {
    return this.#gate?.promise
  }
}
