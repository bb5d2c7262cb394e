import { createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

/** Sends what GitHub would send, signed with the secret of the example: `deliver.ts [EVENT]`. */

const samples: Readonly<Record<string, object>> = {
  push: {
    ref: 'refs/heads/main',
    compare: 'https://github.com/acme/web/compare/6113728f27ae...a10867b14bb7',
    repository: { name: 'web', owner: { login: 'acme' } },
    pusher: { name: 'octocat' },
  },
  issues: {
    action: 'opened',
    issue: { number: 1, title: 'Spelling error in the README file' },
    repository: { name: 'web', owner: { login: 'acme' } },
    sender: { login: 'octocat' },
  },
}

const [event = 'push'] = process.argv.slice(2)
const body = JSON.stringify(samples[event] ?? {})
const signature = createHmac('sha256', 'not-a-secret-in-an-example').update(body).digest('hex')
const ingress = process.env['INGRESS'] ?? 'http://127.0.0.1:8080'

const delivery = request(`${ingress}/sources/default/github`, {
  method: 'POST',
  headers: {
    'content-type': 'application/json',
    'x-github-event': event,
    'x-github-delivery': randomUUID(),
    'x-hub-signature-256': `sha256=${signature}`,
  },
})
delivery.end(body)
const [answer] = (await once(delivery, 'response')) as [IncomingMessage]
console.log(answer.statusCode, await text(answer))
