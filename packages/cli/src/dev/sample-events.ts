import { CloudEvent } from 'cloudevents'

/** The `number`th order of the sample, from 1: every third is heavy, every fifth is gold. */
export function sampleOrder(number: number): CloudEvent<unknown> {
  return new CloudEvent({
    id: `order-${number}`,
    type: 'com.example.order.placed',
    source: '/millrace/dev',
    weight: number % 3 === 2 ? 25 : 1 + (number % 7),
    ...(number % 5 === 0 ? { tier: 'gold' } : {}),
    data: { number, total: 10 + (number % 9) * 5 },
  })
}

/** What the sample's `reply` sink answers an order with. */
export function sampleInvoice(order: string, data: unknown): CloudEvent<unknown> {
  return new CloudEvent({
    id: order.replace(/^(order-)?/, 'invoice-'),
    type: 'com.example.invoice.issued',
    source: '/millrace/dev/reply',
    subject: order,
    data,
  })
}
