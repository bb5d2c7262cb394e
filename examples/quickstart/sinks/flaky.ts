// Fails twice for each event and then takes it.
import { sink } from './sink.ts'

const attempts = new Map<string, number>()

sink(9003, ({ id }) => {
  const attempt = (attempts.get(id) ?? 0) + 1
  attempts.set(id, attempt)
  if (attempt > 2) attempts.delete(id)
  const status = attempt > 2 ? 200 : 503
  console.log(`flaky    ${id}: attempt ${attempt}, ${status}`)
  return { status }
})
