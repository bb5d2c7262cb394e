import { eventually, exchange, type Answer, type ScriptedAnswer } from '@millrace/testkit'
import type { Delivered, Message } from './message.ts'
import type { RouteName } from './routes.ts'
import type { Subscribers } from './subscribers.ts'

/** On a machine that does other things too. */
const timeoutMs = 30_000

/** A broker or a channel under test: a URL that takes events, and the subscribers that its routes lead to. */
export class Endpoint {
  readonly url: string
  readonly #of: 'broker' | 'channel'
  readonly #subscribers: Subscribers

  constructor(of: 'broker' | 'channel', url: string, subscribers: Subscribers) {
    this.#of = of
    this.url = url
    this.#subscribers = subscribers
  }

  /** One exchange with the endpoint, whatever it is. */
  ask(method: string, message: Omit<Message, 'id'>, url = this.url): Promise<Answer> {
    return exchange(method, url, message)
  }

  /** Sends an event, which must be taken. */
  async send(message: Message): Promise<void> {
    const { status, text } = await this.ask('POST', message)
    if (status < 200 || status > 299)
      throw new Error(`the event was answered ${status}: ${text.slice(0, 200)}`)
  }

  /** What the subscriber of a route answers to an event, in order; the last answer stays. */
  script(route: RouteName, id: string, ...answers: ScriptedAnswer[]): void {
    this.#subscribers.script(this.#path(route), id, answers)
  }

  /** What has come of an event at a route so far. */
  seen(route: RouteName, id: string): Delivered[] {
    return this.#subscribers.seen(this.#path(route), id)
  }

  /** Waits until an event has come to a route so many times. */
  async arrived(route: RouteName, id: string, count = 1): Promise<Delivered[]> {
    return eventually(
      () => {
        const all = this.seen(route, id)
        if (all.length < count)
          throw new Error(`${this.#path(route)} got the event ${all.length} times, not ${count}`)
        return all
      },
      { timeoutMs },
    )
  }

  #path(route: RouteName): string {
    return `/${this.#of}/${route}`
  }
}
