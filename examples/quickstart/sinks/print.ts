// Prints each event.
import { sink } from './sink.ts'

sink(9001, ({ type, id, data }) => {
  console.log(`print    ${type} ${id} ${JSON.stringify(data)}`)
  return { status: 200 }
})
