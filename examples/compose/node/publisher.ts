// Makes the topic in the emulator, and publishes a message every ten seconds.
import { setTimeout } from 'node:timers/promises'

const topic = `http://${process.env['PUBSUB_EMULATOR_HOST']}/v1/projects/demo/topics/orders`
process.on('SIGTERM', () => process.exit())

/** What the emulator answered, or why there was no answer. */
async function call(method: 'PUT' | 'POST', url: string, body: object): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  try {
    // oxlint-disable-next-line no-restricted-globals -- a message every ten seconds may cost what it likes
    const answer = await fetch(url, { method, headers, body: JSON.stringify(body) })
    return String(answer.status)
  } catch (error) {
    return String((error as Error).cause ?? error)
  }
}

for (let number = 1; ; number += 1) {
  const made = await call('PUT', topic, {})
  const data = Buffer.from(JSON.stringify({ number })).toString('base64')
  const published = await call('POST', `${topic}:publish`, { messages: [{ data }] })
  console.log(`message ${number} is published (topic: ${made}, message: ${published})`)
  await setTimeout(10_000)
}
