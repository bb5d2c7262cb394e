export interface BrokerPorts {
  readonly plain: number
  readonly sasl: number
  readonly tls: number
  /** TLS that wants the client's certificate too. */
  readonly mutual: number
  readonly controller: number
}

export interface BrokerLayout {
  readonly ports: BrokerPorts
  /** What clients of the plain listener are told to come to: a proxy in front of it, or itself. */
  readonly advertisedPlain?: number
  /** The folder of the log. */
  readonly data: string
  /** The folder with broker.pem (key and certificate) and client.pem (the client's certificate). */
  readonly certificates: string
  readonly user?: { readonly username: string; readonly password: string }
}

/** The configuration of a broker that is its own controller (KRaft), on 127.0.0.1 alone. */
export function brokerProperties({
  ports,
  advertisedPlain = ports.plain,
  data,
  certificates,
  user = { username: 'x', password: 'x' },
}: BrokerLayout): string {
  const { plain, sasl, tls, mutual, controller } = ports
  const shared = `SASL://127.0.0.1:${sasl},TLS://127.0.0.1:${tls},MUTUAL://127.0.0.1:${mutual}`
  const modules = 'org.apache.kafka.common.security'
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controller}
controller.listener.names=CONTROLLER
listeners=PLAIN://127.0.0.1:${plain},${shared},CONTROLLER://127.0.0.1:${controller}
advertised.listeners=PLAIN://127.0.0.1:${advertisedPlain},${shared}
listener.security.protocol.map=PLAIN:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SSL,MUTUAL:SSL,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAIN
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.sasl.plain.sasl.jaas.config=${modules}.plain.PlainLoginModule required user_${user.username}="${user.password}";
listener.name.sasl.scram-sha-256.sasl.jaas.config=${modules}.scram.ScramLoginModule required;
listener.name.sasl.scram-sha-512.sasl.jaas.config=${modules}.scram.ScramLoginModule required;
ssl.keystore.type=PEM
ssl.keystore.location=${certificates}/broker.pem
ssl.truststore.type=PEM
ssl.truststore.location=${certificates}/client.pem
listener.name.mutual.ssl.client.auth=required
log.dirs=${data}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=2
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
num.network.threads=2
num.io.threads=4
`
}
