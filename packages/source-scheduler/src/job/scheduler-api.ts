import { authentication, environment, type GoogleCloud } from '@millrace/source-pubsub'
import type { HttpCall } from '@millrace/source-sdk'

/** A job as Google has it (Cloud Scheduler REST, `projects.locations.jobs`). */
export interface Job {
  readonly name: string
  readonly schedule: string
  readonly timeZone: string
  readonly pubsubTarget: { readonly topicName: string; readonly data: string }
}

/** What Google answers beside success: codes are those of HTTP. */
export class SchedulerRefusal extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** The few calls of Cloud Scheduler's API that are needed, by the host's HTTP. */
export class SchedulerApi {
  readonly #http: HttpCall
  readonly #cloud: GoogleCloud

  constructor(http: HttpCall, cloud: GoogleCloud) {
    this.#http = http
    this.#cloud = cloud
  }

  async find(name: string): Promise<Job | undefined> {
    try {
      return (await this.#ask('GET', name)) as Job
    } catch (error) {
      if (error instanceof SchedulerRefusal && error.code === 404) return undefined
      throw error
    }
  }

  async create(job: Job): Promise<void> {
    await this.#ask('POST', job.name.replace(/\/[^/]+$/, ''), job)
  }

  async update(job: Job): Promise<void> {
    await this.#ask('PATCH', `${job.name}?updateMask=schedule,timeZone,pubsubTarget`, job)
  }

  async delete(name: string): Promise<void> {
    await this.#ask('DELETE', name)
  }

  async #ask(method: string, path: string, job?: Job): Promise<unknown> {
    const auth = await authentication(this.#cloud)
    const token = await auth.getAccessToken()
    const base = environment.schedulerEndpoint ?? 'https://cloudscheduler.googleapis.com'
    const { status, body } = await this.#http({
      method,
      url: `${base}/v1/${path}`,
      headers: {
        ...(typeof token === 'string' && { authorization: `Bearer ${token}` }),
        ...(job !== undefined && { 'content-type': 'application/json' }),
      },
      ...(job !== undefined && { body: JSON.stringify(job) }),
    })
    const text = new TextDecoder().decode(body)
    if (status >= 300) throw new SchedulerRefusal(status, wordsIn(text))
    return text === '' ? undefined : JSON.parse(text)
  }
}

/** Google's words in an answer that refuses (google.rpc.Status). */
function wordsIn(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } }
    return typeof error?.message === 'string' ? error.message : text
  } catch {
    return text
  }
}
