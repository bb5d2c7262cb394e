// @ts-expect-error -- kafkajs has no types of its inner parts
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js'

interface Queue {
  readonly pending: readonly unknown[]
  /** Milliseconds since the epoch. */
  readonly throttledUntil: number
  scheduleCheckPendingRequests: (this: Queue) => void
}

/**
 * kafkajs looks after each answer whether requests wait, by a timer whose delay is far below zero while no
 * broker has asked for a pause: Node warns of each (TimeoutNegativeWarning). With nothing to look for later
 * there is no timer.
 */
export function quietTimers(): void {
  const queue = (RequestQueue as { prototype: Queue }).prototype
  const schedule = queue.scheduleCheckPendingRequests
  queue.scheduleCheckPendingRequests = function scheduleCheckPendingRequests() {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this)
  }
}
