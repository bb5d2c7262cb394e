export { cliInTerminal, terminalMissing, type TerminalSession } from './cli-in-terminal.ts'
export { diskFault, diskFaultMissing, type DiskFault, type DiskFaultMode } from './disk-fault.ts'
export { eventually, type EventuallyOptions } from './eventually.ts'
export { faultProxy, type FaultProxy } from './fault-proxy.ts'
export { gcsFake, type GcsFake } from './gcs-fake.ts'
export { googleMissing } from './google-fakes.ts'
export {
  githubApi,
  type GitHubApi,
  type GitHubApiOptions,
  type GitHubFault,
  type GitHubRequest,
} from './github-api.ts'
export { deliver, githubSignatures, type GitHubDelivery } from './github-delivery.ts'
export type { GitHubHook, GitHubHookConfig } from './github-hooks.ts'
export {
  certificate,
  kafkaBroker,
  sharedKafka,
  type Certificate,
  type KafkaBroker,
} from './kafka/kafka-broker.ts'
export { kafkaMissing } from './kafka/kafka-files.ts'
export type { KafkaTopics, ReadRecord } from './kafka/kafka-topics.ts'
export { latch, type Latch } from './latch.ts'
export { exchange, post, type Answer, type PostOptions } from './post.ts'
export type { ReceivedRequest } from './received-request.ts'
export type { ReceiverPath } from './receiver-path.ts'
export type { ScriptedAnswer } from './receiver-script.ts'
export { pubSubFake, type PubSubFake, type PubSubFaults, type SubscriptionCounters } from './pubsub-fake.ts'
export { receiver, type Receiver, type ReceiverOptions } from './receiver.ts'
export { prometheus, prometheusMissing, promtool, type Prometheus, type Ran } from './prometheus.ts'
export { freePorts, redisCluster, type RedisCluster } from './redis-cluster.ts'
export { redis8, valkey, type RedisFlavour } from './redis-flavours.ts'
export { redisProxy, type Cut, type RedisProxy } from './redis-proxy.ts'
export { redisMissing, redisServer, type RedisServer, type RedisServerOptions } from './redis-server.ts'
export { watchedRedis, type WatchedRedis } from './redis-sentinel.ts'
export { residentBytes } from './resident-memory.ts'
export { runCli, spawnCli, type CliOptions, type CliResult } from './run-cli.ts'
export { serverCache } from './server-cache.ts'
export { startMillrace, type Millrace, type MillraceOptions } from './start-millrace.ts'
export { tempDir, type TempDir } from './temp-dir.ts'
export { binaryMessage, type TestEvent } from './test-event.ts'
