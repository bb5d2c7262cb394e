import type { HttpCall } from '@millrace/source-sdk'
import type { Job } from '../../src/job/scheduler-api.ts'

/** Cloud Scheduler's API over no network: jobs by name, as Google documents it. */
export class SchedulerAtHand {
  readonly jobs = new Map<string, Job>()
  readonly requests: string[] = []
  /** What is answered instead. */
  refusal: { readonly status: number; readonly message: string } | undefined

  readonly http: HttpCall = async ({ method = 'GET', url, body }) => {
    const { pathname, search } = new URL(url)
    this.requests.push(`${method} ${pathname}${search}`)
    const answer = (status: number, value: unknown) => ({
      status,
      headers: {},
      body: new TextEncoder().encode(JSON.stringify(value)),
    })
    if (this.refusal !== undefined)
      return answer(this.refusal.status, { error: { message: this.refusal.message } })
    const name = pathname.replace('/v1/', '')
    const job = body === undefined ? undefined : (JSON.parse(String(body)) as Job)
    if (method === 'POST' && job !== undefined) {
      this.jobs.set(job.name, job)
      return answer(200, job)
    }
    if (!this.jobs.has(name)) return answer(404, { error: { message: 'Job not found.' } })
    if (method === 'DELETE') this.jobs.delete(name)
    if (method === 'PATCH' && job !== undefined) this.jobs.set(name, job)
    return answer(200, this.jobs.get(name) ?? {})
  }
}
