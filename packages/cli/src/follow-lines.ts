import { setTimeout as delay } from 'node:timers/promises'
import type { AdminClient } from './admin-client.ts'

const retryMs = 500

export interface FollowOptions {
  readonly path: string
  readonly query: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  /** Is told when it is connected, and when it no longer is. */
  readonly say: (sentence: string) => void
}

/**
 * The lines of a stream of the admin port, without end: it connects again when the server comes back.
 * @throws {CommandError} where it cannot connect at first
 */
export async function* followLines(
  admin: AdminClient,
  { path, query, signal, say }: FollowOptions,
): AsyncGenerator<string> {
  for (let again = false; !signal.aborted; again = true) {
    const stream = again ? await connectAgain() : await admin.stream(path, query, signal)
    if (stream === undefined) return
    say(`tailing ${admin.origin}${again ? ' again' : ''}`)
    yield* linesOf(stream)
    if (!signal.aborted) say(`${admin.origin} is gone; connecting again when it comes back`)
  }

  async function connectAgain(): Promise<AsyncIterable<string> | undefined> {
    while (!signal.aborted) {
      await delay(retryMs, undefined, { signal }).catch(() => undefined)
      const stream = await admin.stream(path, query, signal).catch(() => undefined)
      if (stream !== undefined) return stream
    }
    return undefined
  }
}

/** Up to the end of the connection, whether it ends or breaks; half a line at its end is dropped. */
async function* linesOf(stream: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  try {
    for await (const chunk of stream) {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
  } catch {
    // it broke: whoever follows connects again
  }
}
