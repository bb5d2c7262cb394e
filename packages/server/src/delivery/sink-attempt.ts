import type { SinkResult, SinkSend, SinkSends } from '../sink-sends.ts'
import type { AttemptResult } from './attempt.ts'

/** Makes one attempt at a sink that is no HTTP; answers exactly once, never throws. */
export function sinkAttempt(sinks: SinkSends, send: SinkSend, done: (result: AttemptResult) => void): void {
  const startedAt = performance.now()
  sinks.send(send, (result) => done(attemptResult(result, performance.now() - startedAt)))
}

const noBody = new Uint8Array()

function attemptResult(result: SinkResult, ms: number): AttemptResult {
  const silent = { status: undefined, headers: [], body: noBody, truncated: false, ms }
  switch (result.kind) {
    case 'sent':
      return { ...silent, error: undefined, failure: undefined }
    case 'aborted':
      return { ...silent, error: 'the server stops', failure: 'aborted' }
    case 'failed':
      return { ...silent, error: result.error, failure: result.failure }
  }
}

/** Where there are no sinks, nothing is sent to one. */
export const noSinks: SinkSends = {
  send({ sink }, done) {
    setImmediate(done, { kind: 'failed', failure: 'unready', error: `there is no sink ${sink}` })
  },
  abort: () => undefined,
}
