import kafkajs from 'kafkajs'
const { Kafka, logLevel } = kafkajs
const [topic = 'bench', count = '60000'] = process.argv.slice(2)
const kafka = new Kafka({ brokers: [process.env.KAFKA_BOOTSTRAP!], logLevel: logLevel.NOTHING })
const c = kafka.consumer({ groupId: `raw-${Date.now()}`, maxWaitTimeInMs: 500 })
await c.connect()
await c.subscribe({ topic, fromBeginning: true })
let n = 0,
  t0 = 0,
  n0 = 0,
  cpu0: NodeJS.CpuUsage | undefined
const done = Promise.withResolvers<void>()
await c.run({
  eachBatch: async ({ batch, resolveOffset }) => {
    if (t0 === 0) {
      t0 = performance.now()
      n0 = batch.messages.length
      cpu0 = process.cpuUsage()
    }
    n += batch.messages.length
    resolveOffset(batch.lastOffset())
    if (n >= Number(count)) done.resolve()
  },
  partitionsConsumedConcurrently: 16,
})
await done.promise
const ms = performance.now() - t0
const cpu = process.cpuUsage(cpu0)
console.log(
  'raw',
  Math.round(((n - n0) / ms) * 1000),
  '/s',
  ((cpu.user + cpu.system) / (n - n0)).toFixed(1),
  'cpu us/record',
)
await c.disconnect()
