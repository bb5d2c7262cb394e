import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { HTTP } from 'cloudevents'
import { readHttpEvent, type CloudEvent } from '@millrace/core'
import { parseLossless } from '../lossless-json.ts'
import { sampleInvoice } from './sample-events.ts'

/** The sinks behind the sample's triggers: `/print`, `/reply`, `/flaky` and `/failing`. */
export interface SampleSinks extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly url: string
}

/** How often `/flaky` refuses an event before it takes it. */
const refusals = 2
/** Of so many events `/flaky` knows how often it has seen them. */
const remembered = 1_000

/** Starts them on a free port; `print` is given what `/print` takes. */
export async function startSampleSinks(print: (event: CloudEvent) => void): Promise<SampleSinks> {
  const seen = new Map<string, number>()
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const read = readHttpEvent(request.rawHeaders, await buffer(request))
    const [event] = read.kind === 'events' ? read.events : []
    if (event === undefined) return answer(response, 400)
    switch (request.url) {
      case '/print':
        print(event)
        return answer(response, 200)
      case '/reply': {
        const order = HTTP.binary(sampleInvoice(String(event.attributes['id']), dataOf(event)))
        return answer(response, 200, order.headers, String(order.body))
      }
      case '/flaky':
        return answer(response, attemptOf(event) > refusals ? 200 : 503)
      default:
        return answer(response, 500)
    }
  }

  function attemptOf({ attributes }: CloudEvent): number {
    const key = `${String(attributes['source'])} ${String(attributes['id'])}`
    const attempt = (seen.get(key) ?? 0) + 1
    seen.delete(key)
    // what was taken is forgotten, so that the same event sent again is refused again
    if (attempt <= refusals) seen.set(key, attempt)
    const [oldest] = seen.keys()
    if (seen.size > remembered && oldest !== undefined) seen.delete(oldest)
    return attempt
  }

  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function answer(response: ServerResponse, status: number, headers: object = {}, body = ''): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
}

function dataOf({ data }: CloudEvent): unknown {
  try {
    return data === undefined ? undefined : parseLossless(new TextDecoder().decode(data))
  } catch {
    return undefined
  }
}
