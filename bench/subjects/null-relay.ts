import { createServer, type ServerResponse } from 'node:http'
import { Agent, type Dispatcher } from 'undici'
import { readWhole } from './read-whole.ts'
import { sayPort } from './say-port.ts'

/*
 * The null relay: an HTTP server in front of an HTTP client, nothing in between. It answers 202 when it has
 * the body, and passes the event on to each URL of its arguments. What a broker costs beyond it is what a
 * broker does.
 */

/** Answers are held while so many events are under way, as any relay must that is not to fill memory. */
const mostUnderWay = 2_000

const sinks = process.argv.slice(2).map((url) => new URL(url))
const agent = new Agent({ pipelining: 1, allowH2: false })
const held: ServerResponse[] = []
let underWay = 0

class Delivery implements Dispatcher.DispatchHandler {
  onRequestStart(): void {}
  onResponseStart(): void {}
  onResponseData(): void {}

  onResponseEnd(): void {
    underWay -= 1
    const waiting = held.pop()
    if (waiting !== undefined) accept(waiting)
  }

  onResponseError(): void {
    this.onResponseEnd()
  }
}

const delivery = new Delivery()

const server = createServer({ noDelay: true }, (request, response) => {
  readWhole(request, (body) => {
    const headers = passed(request.rawHeaders)
    for (const { origin, pathname } of sinks) {
      underWay += 1
      agent.dispatch({ origin, path: pathname, method: 'POST', headers, body }, delivery)
    }
    if (underWay < mostUnderWay) accept(response)
    else held.push(response)
  })
})

function accept(response: ServerResponse): void {
  response.writeHead(202, ['content-length', '0']).end()
}

/** What is the event's, flat as undici takes it. */
function passed(rawHeaders: readonly string[]): string[] {
  const headers: string[] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? ''
    if (/^(ce-|content-type$)/i.test(name)) headers.push(name, rawHeaders[at + 1] ?? '')
  }
  return headers
}

sayPort(server)
