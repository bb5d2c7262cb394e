import type { Message, PubSub } from '@google-cloud/pubsub'
import type { Clock } from '@millrace/source-sdk'
import { askOnce } from '../cloud/ask-once.ts'
import { isMissing, isUnreachable } from '../cloud/refusal.ts'
import { timeText, type PubSubMessage } from './pubsub-message.ts'

/** In hand at most, unacknowledged: Google sends no more, and the store's refusal is felt upstream. */
const flowControl = { maxMessages: 100, maxBytes: 32 * 1024 * 1024, allowExcessMessages: false }
/** For as long as the store may refuse: what is in hand stays in hand. */
const longestWaitHours = 7 * 24
const stopSeconds = 3
/** Between two attempts to open the stream; left to itself, the library waits for up to a minute. */
const longestPauseSeconds = 2

export interface ReceiveOptions {
  readonly pubsub: PubSub
  readonly subscription: string
  readonly ackDeadlineSeconds: number
  readonly clock: Clock
  readonly signal: AbortSignal
  /** The message is acknowledged when it resolves, and given back when it rejects, which ends the receiving. */
  readonly take: (message: PubSubMessage) => Promise<void>
  /** The stream is open, or was lost and is being opened again: why. */
  readonly opened: () => void
  readonly lost: (error: unknown) => void
}

/**
 * Reads a subscription by streaming pull until the signal aborts: deadlines are extended for as long as `take` is
 * at work, messages of one ordering key are taken one after the other. Rejects with what Google refuses.
 */
export async function receive(options: ReceiveOptions): Promise<void> {
  const { pubsub, signal, ackDeadlineSeconds, take } = options
  const { Duration } = await import('@google-cloud/pubsub')
  const deadline = Duration.from({ seconds: Math.max(10, ackDeadlineSeconds) })
  const subscription = pubsub.subscription(options.subscription, {
    flowControl,
    minAckDeadline: deadline,
    maxAckDeadline: deadline,
    maxExtensionTime: Duration.from({ hours: longestWaitHours }),
    streamingOptions: { maxStreams: 1, retryMaxBackoff: Duration.from({ seconds: longestPauseSeconds }) },
    closeOptions: { behavior: 'NACK', timeout: Duration.from({ seconds: stopSeconds }) },
  })
  const ended = new AbortController()
  const failed = Promise.withResolvers<void>()
  const tails = new Map<string, Promise<void>>()
  let probing = false
  let isLost = false

  /** Whatever Google answers, but that nobody is there: the library opens the stream again by itself. */
  async function probe(): Promise<void> {
    if (probing) return
    probing = true
    for (let pauseMs = 500; !ended.signal.aborted; pauseMs = Math.min(pauseMs * 2, 10_000)) {
      try {
        await pubsub.subscription(options.subscription).getMetadata(askOnce)
        break
      } catch (error) {
        // it was deleted, or an emulator has come back empty
        if (isMissing(error)) return failed.reject(error)
        if (!isUnreachable(error)) break
        isLost = true
        options.lost(error)
      }
      await options.clock.until(options.clock.now() + pauseMs, ended.signal)
    }
    probing = false
    open()
  }

  function open(): void {
    isLost = false
    if (!ended.signal.aborted) options.opened()
  }

  async function handle(message: Message): Promise<void> {
    if (isLost) open()
    const { orderingKey = '' } = message
    const before = orderingKey === '' ? undefined : tails.get(orderingKey)
    const taken = Promise.resolve(before).then(() => take(asPubSubMessage(message)))
    if (orderingKey !== '') tails.set(orderingKey, taken)
    try {
      await taken
      message.ack()
    } catch (error) {
      message.nack()
      failed.reject(error)
    } finally {
      if (tails.get(orderingKey) === taken) tails.delete(orderingKey)
    }
  }

  subscription.on('error', failed.reject)
  subscription.on('debug', () => void probe())
  const stop = (): void => failed.resolve()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) failed.resolve()
  try {
    subscription.on('message', (message: Message) => void handle(message))
    void probe()
    await failed.promise
  } finally {
    ended.abort()
    // the signal outlives a source that fails and begins again
    signal.removeEventListener('abort', stop)
    await subscription.close()
  }
}

function asPubSubMessage(message: Message): PubSubMessage {
  const { id, data, attributes, publishTime, orderingKey = '' } = message
  return { id, data, attributes, publishTime: timeText(publishTime.toISOString()), orderingKey }
}
