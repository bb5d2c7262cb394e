import { setTimeout as delay } from 'node:timers/promises'
import { HTTP } from 'cloudevents'
import { exchange, whyFailed } from '../http-exchange.ts'
import { problemText } from '../problem-text.ts'
import { sampleOrder } from './sample-events.ts'
import { sampleBroker } from './sample-manifests.ts'

const everyMs = 1_000

/**
 * Sends an order to the sample's broker every second, until the signal aborts.
 * @param refused is told of one that was not taken
 */
export async function sendOrders(
  ingress: string,
  signal: AbortSignal,
  refused: (id: string, why: string) => void,
): Promise<void> {
  const url = new URL(sampleBroker, ingress)
  for (let number = 1; !signal.aborted; number += 1) {
    const second = delay(everyMs, undefined, { signal }).catch(() => undefined)
    const order = sampleOrder(number)
    const why = await send(url, HTTP.binary(order))
    if (why !== undefined && !signal.aborted) refused(order.id, why)
    await second
  }
}

/** → why it was not taken. */
async function send(
  url: URL,
  { headers, body }: ReturnType<typeof HTTP.binary>,
): Promise<string | undefined> {
  const request = { method: 'POST', headers: headers as Record<string, string>, body: String(body) }
  try {
    const { status, body: text } = await exchange(url, request)
    return status === 202 ? undefined : problemText(status, text)
  } catch (error) {
    return whyFailed(error)
  }
}
