import type { Channels } from '../observability/channels.ts'
import { acceptedLine, attemptLine, rejectedLine, settledLine, type TailLine } from './tail-line.ts'

/** Tells each step of each event to a listener of this process, at once. The returned function ends it. */
export function followSteps(
  channels: Channels,
  listener: (line: TailLine) => void,
  now: () => number = Date.now,
): () => void {
  const ends = [
    channels.eventAccepted.subscribe((message) => listener(acceptedLine(message, now()))),
    channels.eventRejected.subscribe((message) => listener(rejectedLine(message, now()))),
    channels.deliveryAttempted.subscribe((message) => listener(attemptLine(message, now()))),
    channels.deliverySettled.subscribe((message) => listener(settledLine(message, now()))),
  ]
  return () => {
    for (const end of ends) end()
  }
}
