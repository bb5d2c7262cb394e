import {
  eventually,
  receiver,
  startMillrace,
  type ReceivedRequest,
  type ScriptedAnswer,
} from '@millrace/testkit'
import { expect, test } from 'vitest'
import { parallel, sequence } from '../fixture/flows.ts'
import { ids, postAll } from '../fixture/producing.ts'

const count = 1_000
const patient = { retry: 200, backoffPolicy: 'linear', backoffDelay: 'PT0.01S' }

/** Answers with the event that came, changed. */
function replying(change: (id: string, request: ReceivedRequest) => object | undefined) {
  return (request: ReceivedRequest): ScriptedAnswer => {
    const id = String(request.headers['ce-id'])
    const changed = change(id, request)
    return changed === undefined ? 200 : { event: { id, source: '/step', ...changed } }
  }
}

function header(request: ReceivedRequest, name: string): string {
  return String(request.headers[name])
}

/** Posts all, again and again what was not accepted. */
async function postUntilAccepted(url: string, wanted: readonly string[]): Promise<void> {
  let missing = [...wanted]
  while (missing.length > 0) {
    const results = await Promise.allSettled(missing.map((id) => postAll(url, [{ id }], 1)))
    missing = missing.filter((_, index) => {
      const result = results[index]
      return result?.status !== 'fulfilled' || result.value[0]?.status !== 202
    })
  }
}

test(
  'a sequence of 5 steps and a parallel of 10 branches with filters: all arrive in the right shape over a kill -9',
  { timeout: 180_000 },
  async () => {
    await using sink = await receiver()
    const steps = ids('step', 5).map((name, index) => {
      const path = sink.path(`/${name}`)
      // the trail tells through which steps an event has come, in their order
      path.replyBy(
        replying((_, request) => ({
          type: `after.${index}`,
          trail: `${index === 0 ? '' : header(request, 'ce-trail')}${index}`,
        })),
      )
      return { to: path.url, delivery: patient }
    })
    const branches = ids('branch', 10).map((name, index) => {
      const filter = sink.path(`/${name}/filter`)
      filter.replyBy(replying((id) => (passes(id, index) ? { type: 'passed', branch: index } : undefined)))
      const subscriber = sink.path(`/${name}`)
      subscriber.replyBy(replying(() => ({ type: 'done', branch: index })))
      return { filter: filter.url, subscriber: subscriber.url, delivery: patient }
    })
    const sequenced = sink.path('/sequenced')
    const joined = sink.path('/joined')
    await using millrace = await startMillrace({
      manifests: sequence('five', steps, sequenced.url) + parallel('ten', branches, joined.url),
    })
    const events = ids('e', count)
    const posted = Promise.all(
      ['five', 'ten'].map((name) => postUntilAccepted(`${millrace.ingress}/default/${name}`, events)),
    )
    await eventually(() => sequenced.count > 100 && joined.count > 100, { timeoutMs: 60_000 })
    await millrace.kill()
    await millrace.start()
    await posted

    const due = branches.map((_, index) => events.filter((id) => passes(id, index)))
    const all = due.reduce((sum, own) => sum + own.length, 0)
    await eventually(
      () => {
        expect(new Set(sequenced.ids).size).toBe(count)
        expect(
          new Set(
            joined.requests.map((request) => `${header(request, 'ce-branch')}|${header(request, 'ce-id')}`),
          ).size,
        ).toBe(all)
      },
      { timeoutMs: 90_000 },
    )
    for (const request of sequenced.requests)
      expect([header(request, 'ce-type'), header(request, 'ce-trail')]).toEqual(['after.4', '01234'])
    for (const [index, own] of due.entries()) {
      const subscriber = sink.path(`/branch-${index}`)
      // what the filter answered with is what the subscriber gets, and nothing that it held back
      expect(new Set(subscriber.ids)).toEqual(new Set(own))
      for (const request of subscriber.requests)
        expect([header(request, 'ce-type'), header(request, 'ce-branch')]).toEqual(['passed', String(index)])
    }
    const duplicates = { sequence: sequenced.count - count, parallel: joined.count - all }
    process.stdout.write(
      `flows: ${count} events each, one kill -9: lost 0, duplicates at the end ${duplicates.sequence} of the sequence, ${duplicates.parallel} of the parallel\n`,
    )
  },
)

/** Branch 0 lets every event pass, branch n every (n + 1)th. */
function passes(id: string, branch: number): boolean {
  return Number(id.slice(id.lastIndexOf('-') + 1)) % (branch + 1) === 0
}
