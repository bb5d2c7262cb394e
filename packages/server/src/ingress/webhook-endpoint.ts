import type { IncomingMessage, ServerResponse } from 'node:http'
import { printable, problem, type Problem } from '@millrace/core'
import type { FindWebhook, Webhook, WebhookReply } from '../webhooks.ts'
import { problemAnswer, send, sendEarly } from './answer.ts'
import type { BodyBudget } from './body-budget.ts'
import { waitsForContinue } from './expectation.ts'
import { readBody } from './read-body.ts'
import { requestPath } from './request-path.ts'

export interface WebhookEndpointOptions {
  readonly find: FindWebhook
  readonly budget: BodyBudget
  /** Where a source has no limit of its own. */
  readonly bodyBytes: number
  /** Ingress is closing: each answer ends its connection. */
  readonly closing: () => boolean
  readonly log: { error(fields: object, message: string): void }
}

const webhookPath = /^\/sources\/([^/]+)\/([^/]+)$/
const busyRetryAfter = ['retry-after', '1']

/** `/sources/<namespace>/<name>`: the sources that are called, in front of what each makes of its requests. */
export class WebhookEndpoint {
  readonly #options: WebhookEndpointOptions

  constructor(options: WebhookEndpointOptions) {
    this.#options = options
  }

  /** → whether the request was for a webhook. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const path = requestPath(request.url ?? '')
    const [, namespace, name] = webhookPath.exec(path) ?? []
    if (namespace === undefined || name === undefined) return false
    const webhook = this.#options.find(namespace, name)
    if (webhook === undefined)
      this.#refuse(request, response, problem('no-such-source', `no source is called at ${printable(path)}`))
    else this.#call(request, response, webhook, path)
    return true
  }

  #call(request: IncomingMessage, response: ServerResponse, webhook: Webhook, path: string): void {
    const { method = '', headers } = request
    const { methods, bodyLimitBytes: limit = this.#options.bodyBytes } = webhook
    if (!methods.includes(method)) {
      const allow = methods.join(', ')
      const detail = `${path} takes ${allow}; ${printable(method)} is not allowed`
      return this.#refuse(request, response, problem('method-not-allowed', detail), ['allow', allow])
    }
    const coding = headers['content-encoding']
    if (coding !== undefined && coding.toLowerCase() !== 'identity') {
      const detail = `content-encoding ${printable(coding)} is not taken: send the body as it is`
      return this.#refuse(request, response, problem('content-encoding', detail))
    }
    const tooLarge = (): void => {
      const detail = `the body is larger than ${limit} bytes, the most that is taken here`
      webhook.tooLarge(detail)
      this.#refuse(request, response, problem('too-large', detail))
    }
    if (Number(headers['content-length'] ?? 0) > limit) return tooLarge()
    if (waitsForContinue(request)) response.writeContinue()
    readBody(request, limit, this.#options.budget, (result) => {
      switch (result.kind) {
        case 'body':
          return this.#take(request, response, webhook, result.bytes)
        case 'too-large':
          return tooLarge()
        case 'no-room': {
          const busy = problem('busy', 'too many bodies are being read, send it again')
          return this.#refuse(request, response, busy, busyRetryAfter)
        }
        case 'gone':
          return
      }
    })
  }

  #take(request: IncomingMessage, response: ServerResponse, webhook: Webhook, body: Uint8Array): void {
    const { budget, log } = this.#options
    const { method = '', url = '' } = request
    const at = url.indexOf('?')
    const query = at === -1 ? '' : url.slice(at + 1)
    webhook
      .handle({ method, query, headers: headersOf(request), body })
      .finally(() => budget.give(body.length))
      .then((reply) => this.#reply(request, response, reply))
      // a status or a header of a source's that cannot be sent is met here too
      .catch((err: unknown) => {
        log.error({ err }, 'a webhook failed unexpectedly')
        const detail = 'the delivery was not taken; the log of the server says why'
        this.#refuse(request, response, problem('internal', detail))
      })
  }

  #reply(request: IncomingMessage, response: ServerResponse, reply: WebhookReply): void {
    if (reply.kind === 'problem') return this.#refuse(request, response, reply.problem, reply.headers)
    const { status, contentType = 'text/plain; charset=utf-8', body = '' } = reply
    const headers = body === '' ? [] : ['content-type', contentType]
    send(response, { status, headers, body }, this.#options.closing())
  }

  #refuse(
    request: IncomingMessage,
    response: ServerResponse,
    refused: Problem,
    headers: readonly string[] = [],
  ): void {
    const answer = problemAnswer(refused, headers)
    const { headers: sent } = request
    const hasBody = sent['transfer-encoding'] !== undefined || Number(sent['content-length'] ?? 0) > 0
    if (hasBody && !request.complete) sendEarly(request, response, answer)
    else send(response, answer, this.#options.closing())
  }
}

/** Several headers of one name are one list (RFC 9110, 5.2); node would drop some of them. */
function headersOf({ headersDistinct }: IncomingMessage): Record<string, string> {
  const entries = Object.entries(headersDistinct).map(([name, values = []]) => [name, values.join(', ')])
  return Object.fromEntries(entries) as Record<string, string>
}
