import { answer, print, sinks } from '../sinks.ts'

sinks({
  '/tax': (event) => answer(event, 'com.example.taxed', { total: 0, ...event.data, tax: 2 }),
  '/ship': print,
  '/audit': print,
})
