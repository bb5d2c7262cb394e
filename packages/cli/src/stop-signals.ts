/** Within this time the same signal again is the same wish: a terminal and npm both pass on one Ctrl-C. */
const echoMs = 100

/**
 * The first SIGTERM or SIGINT asks for a graceful end, the second ends the process at once.
 * → settles with the first.
 */
export function stopSignal(process: NodeJS.Process): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>()
  let firstAt: number | undefined
  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const) {
    process.on(signal, () => {
      const now = performance.now()
      if (firstAt !== undefined && now - firstAt > echoMs) process.exit(code)
      firstAt ??= now
      resolve(signal)
    })
  }
  return promise
}
