import { answer, print, sinks } from '../sinks.ts'
import type { OrderEvent } from '../sinks.ts'

const european = new Set(['FR', 'IT', 'NL'])
const isEuropean = ({ data }: OrderEvent): boolean => european.has(data?.country ?? '')

sinks({
  '/is-eu': (event) => (isEuropean(event) ? event : undefined),
  '/is-overseas': (event) => (isEuropean(event) ? undefined : event),
  '/customs-free': (event) => answer(event, 'com.example.cleared', { total: 0, ...event.data }),
  '/customs': (event) => answer(event, 'com.example.declared', { total: 0, ...event.data }),
  '/ship': (event) => answer(event, 'com.example.shipped', { total: 0, ...event.data }),
  '/cleared': print,
  '/done': print,
})
