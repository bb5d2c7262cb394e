// Fails always.
import { sink } from './sink.ts'

sink(9004, ({ id }) => {
  console.log(`failing  ${id}: 500`)
  return { status: 500 }
})
