import kafkajs from 'kafkajs'
const { Kafka, logLevel } = kafkajs
const [topic = 'bench', count = '60000', parts = '4'] = process.argv.slice(2)
const kafka = new Kafka({ brokers: [process.env.KAFKA_BOOTSTRAP!], logLevel: logLevel.NOTHING })
const admin = kafka.admin()
await admin.connect()
await admin.createTopics({ topics: [{ topic, numPartitions: Number(parts) }] })
const p = kafka.producer()
await p.connect()
const value = JSON.stringify({ a: 'x'.repeat(1000) })
for (let i = 0; i < Number(count); i += 500)
  await p.send({
    topic,
    messages: Array.from({ length: 500 }, (_, n) => ({
      key: `k${i + n}`,
      value,
      headers: { 'content-type': 'application/json' },
    })),
  })
await p.disconnect()
await admin.disconnect()
