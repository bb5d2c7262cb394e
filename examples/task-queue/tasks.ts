import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'

/** Puts ten invoices into the queue, a tenth of a second apart from a second on; the first one twice. */

const ingress = process.env['INGRESS'] ?? 'http://127.0.0.1:8080'
const from = Date.now() + 1_000

for (const number of [1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) {
  const task = request(`${ingress}/default/tasks`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-type': 'com.example.task',
      'ce-source': '/invoices',
      'ce-id': `invoice-${number}`,
      'ce-notbefore': new Date(from + number * 100).toISOString(),
    },
  })
  task.end(JSON.stringify({ invoice: number }))
  const [answer] = (await once(task, 'response')) as [IncomingMessage]
  answer.resume()
  console.log(`invoice-${number}: ${answer.statusCode}`)
}
