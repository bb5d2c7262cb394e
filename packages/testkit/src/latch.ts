/** Opens after it was counted down `n` times. */
export interface Latch {
  readonly open: Promise<void>
  readonly remaining: number
  countDown(): void
}

/** A latch that opens with the `n`th `countDown()`. */
export function latch(n = 1): Latch {
  const { promise, resolve } = Promise.withResolvers<void>()
  let remaining = n
  if (remaining <= 0) resolve()
  return {
    open: promise,
    get remaining() {
      return remaining
    },
    countDown() {
      remaining -= 1
      if (remaining === 0) resolve()
    },
  }
}
