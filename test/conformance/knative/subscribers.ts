import type { Receiver, ScriptedAnswer } from '@millrace/testkit'
import { delivered, idOf, type Delivered } from './message.ts'

/** The paths of our sink: what each answers is said for each event by its id; all else is answered 202. */
export class Subscribers {
  readonly #sink: Receiver
  readonly #answers = new Map<string, ScriptedAnswer[]>()

  constructor(sink: Receiver) {
    this.#sink = sink
    sink.replyBy((request) => {
      const answers = this.#answers.get(`${request.path} ${idOf(request)}`) ?? []
      return (answers.length > 1 ? answers.shift() : answers[0]) ?? 202
    })
  }

  /** Answers to an event at a path, in order; the last one stays. */
  script(path: string, id: string, answers: readonly ScriptedAnswer[]): void {
    this.#answers.set(`${path} ${id}`, [...answers])
  }

  /** What has come of an event at a path so far. */
  seen(path: string, id: string): Delivered[] {
    return this.#sink
      .path(path)
      .requests.filter((request) => idOf(request) === id)
      .map(delivered)
  }
}
