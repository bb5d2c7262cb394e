import { createInterface } from 'node:readline'
import kafkajs from 'kafkajs'

/* kafkajs that reads a topic and does nothing else. For each line `COUNT` it says when it has read as many in all. */

const { Kafka, logLevel } = kafkajs
const [address = '', topic = ''] = process.argv.slice(2)
const kafka = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING })
const consumer = kafka.consumer({ groupId: 'raw', maxWaitTimeInMs: 500 })
let read = 0
let wanted = Infinity
let reached = Promise.withResolvers<void>()

await consumer.connect()
await consumer.subscribe({ topic, fromBeginning: true })
await consumer.run({
  partitionsConsumedConcurrently: 16,
  eachBatch: async ({ batch }) => {
    read += batch.messages.length
    if (read >= wanted) reached.resolve()
  },
})
for await (const line of createInterface(process.stdin)) {
  wanted = Number(line)
  reached = Promise.withResolvers()
  if (read < wanted) await reached.promise
  process.stdout.write(`${JSON.stringify({ read })}\n`)
}
