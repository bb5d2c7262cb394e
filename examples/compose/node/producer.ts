// An order every two seconds; each fifth is gold. What is not taken is sent again: only a 202 is a promise.
import { setTimeout } from 'node:timers/promises'
import { CloudEvent, HTTP } from 'cloudevents'

const broker = `${process.env['INGRESS']}/default/default`
process.on('SIGTERM', () => process.exit())

/** What the broker answered, or why there was no answer. */
async function send(event: CloudEvent<unknown>): Promise<string> {
  const { headers, body } = HTTP.binary(event)
  try {
    // oxlint-disable-next-line no-restricted-globals -- an order every two seconds may cost what it likes
    const answer = await fetch(broker, {
      method: 'POST',
      headers: headers as Record<string, string>,
      body: body as string,
    })
    return String(answer.status)
  } catch (error) {
    return String((error as Error).cause ?? error)
  }
}

for (let number = 1; ; number += 1) {
  const event = new CloudEvent({
    id: `order-${number}`,
    type: 'com.example.order.placed',
    source: '/compose/producer',
    data: { number, total: number * 10 },
    ...(number % 5 === 0 ? { tier: 'gold' } : {}),
  })
  for (let answer = await send(event); answer !== '202'; answer = await send(event)) {
    console.log(`${event.id} was not taken (${answer}): again in a second`)
    await setTimeout(1_000)
  }
  console.log(`${event.id} was taken${number % 5 === 0 ? ', a gold one' : ''}`)
  await setTimeout(2_000)
}
