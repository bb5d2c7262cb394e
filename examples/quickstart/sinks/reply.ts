// Answers each order with an event of its own, which goes back to the broker.
import { CloudEvent } from 'cloudevents'
import { sink } from './sink.ts'

sink(9002, ({ id, data }) => {
  console.log(`reply    ${id}: 200 with an invoice`)
  const event = new CloudEvent({
    id: `invoice-${id}`,
    type: 'com.example.invoice.issued',
    source: '/sinks/reply',
    data,
  })
  return { status: 200, event }
})
