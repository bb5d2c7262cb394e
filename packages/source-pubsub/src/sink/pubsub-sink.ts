import type { PubSub, Topic } from '@google-cloud/pubsub'
import {
  defineSink,
  SourceError,
  type OpenSink,
  type SinkContext,
  type SinkEvent,
  type SinkFailure,
} from '@millrace/source-sdk'
import { askOnce } from '../cloud/ask-once.ts'
import { openPubSub } from '../cloud/client.ts'
import { googleCloud, type GoogleCloud } from '../cloud/google-cloud.ts'
import { isDenied } from '../cloud/refusal.ts'
import { failureOf, failureOfSetup } from './failure.ts'
import { pubSubSinkKind, type PubSubSinkSpec } from './kind.ts'
import { toMessage, type OutgoingMessage } from './to-message.ts'

export const sink = defineSink<PubSubSinkSpec>({
  kind: pubSubSinkKind,
  open: (context) => new PubSubSink(context),
})

interface Publishing {
  readonly cloud: GoogleCloud
  readonly client: PubSub
  readonly topic: Topic
}

/** One PubSubSink. */
class PubSubSink implements OpenSink {
  readonly #context: SinkContext<PubSubSinkSpec>
  #publishing: Promise<Publishing> | undefined

  constructor(context: SinkContext<PubSubSinkSpec>) {
    this.#context = context
  }

  async check(): Promise<SinkFailure | undefined> {
    const publishing = await this.#open()
    if ('kind' in publishing) return publishing
    const { cloud, topic } = publishing
    this.#context.status.set({ projectId: cloud.projectId })
    try {
      await topic.getMetadata(askOnce)
      return undefined
    } catch (err) {
      // who may publish need not be allowed to look
      return isDenied(err) ? undefined : this.#failure(err, cloud)
    }
  }

  async send(events: readonly SinkEvent[]): Promise<readonly (SinkFailure | undefined)[]> {
    const publishing = await this.#open()
    if ('kind' in publishing) return events.map(() => publishing)
    const { contentMode } = this.#context.spec
    const messages = events.map((event) => toMessage(event, contentMode))
    const failures = await Promise.all(messages.map((message) => this.#publish(publishing, message)))
    // Google refuses a request whole: alone it is seen whose fault it was
    if (messages.length > 1)
      for (const [index, message] of messages.entries())
        if (failures[index]?.kind === 'refused') failures[index] = await this.#publish(publishing, message)
    return failures
  }

  async close(): Promise<void> {
    const publishing = await this.#publishing?.catch(() => undefined)
    await publishing?.client.close()
  }

  async #publish({ cloud, topic }: Publishing, message: OutgoingMessage): Promise<SinkFailure | undefined> {
    try {
      await topic.publishMessage(message)
      return undefined
    } catch (err) {
      // until it is told so, the client sends nothing more of the key
      if (message.orderingKey !== undefined) topic.resumePublishing(message.orderingKey)
      return this.#failure(err, cloud)
    }
  }

  #failure(err: unknown, cloud: GoogleCloud): SinkFailure {
    return failureOf(err, { cloud, topic: this.#context.spec.topic })
  }

  async #open(): Promise<Publishing | SinkFailure> {
    this.#publishing ??= this.#connect()
    try {
      return await this.#publishing
    } catch (err) {
      this.#publishing = undefined
      return failureOfSetup(err)
    }
  }

  async #connect(): Promise<Publishing> {
    const { spec, secret } = this.#context
    const cloud = await googleCloud({
      spec,
      secret({ secretKeyRef: { name, key } }) {
        const text = secret(name, [key])[key]
        if (text !== undefined) return [text]
        throw SourceError.retryable(`secrets "${name}" has no key "${key}", add it`, {
          reason: 'SecretMissing',
        })
      },
    })
    const client = await openPubSub(cloud)
    const topic = client.topic(spec.topic, {
      messageOrdering: true,
      // what is to go together is given together
      batching: { maxMilliseconds: 0, maxMessages: 1_000 },
      gaxOpts: askOnce,
    })
    return { cloud, client, topic }
  }
}
