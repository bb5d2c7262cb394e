import { answer, print, sinks } from '../sinks.ts'

sinks({
  '/tax': (event) => answer(event, 'com.example.taxed', { total: 0, ...event.data, tax: 2 }),
  '/ship': (event) => answer(event, 'com.example.shipped', { total: 0, ...event.data, shipping: 5 }),
  '/shipped': print,
})
