import { answer, print, sinks } from '../sinks.ts'

sinks({
  '/tax': (event) => answer(event, 'com.example.taxed', { total: 0, ...event.data, tax: 2 }),
  '/shipping': (event) => answer(event, 'com.example.priced', { total: 0, ...event.data, shipping: 5 }),
  '/pay': (event) => answer(event, 'com.example.paid', { total: 0, ...event.data }),
  '/paid': print,
})
