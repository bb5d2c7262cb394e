import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { serverCache } from '../server-cache.ts'
import { brokerProperties } from './broker-properties.ts'

const run = promisify(execFile)
const version = '4.4.0'
const dependencyPlugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1'
const artifacts = [
  ['org.apache.kafka', 'kafka_2.13', version],
  ['org.slf4j', 'slf4j-simple', '1.7.36'],
] as const

/** What the commands of Kafka are run with: little memory, and a start that is not optimised. */
export const javaArguments = [
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
]

/** Whom the broker knows; SCRAM's are written when its log is formatted. */
export const kafkaUser = { username: 'kafka-tester', password: 'kafka-s3cret' }

/** The jars and an empty, formatted log: made once, kept for all runs. Another layout is another folder. */
const folder = join(serverCache, `kafka-${version}-2`)
export const classPath = join(folder, 'jars', '*')
export const formattedLog = join(folder, 'log')

/** The programs that are missing to run a broker that is not prepared; none: it can be. */
export function missingForKafka(): string[] {
  const tools = existsSync(folder) ? ['java', 'openssl'] : ['java', 'openssl', 'mvn']
  return tools.filter((tool) => spawnSync(tool, [tool === 'openssl' ? 'version' : '-version']).status !== 0)
}

/** Why there is no Kafka to test with; undefined: there is one. In CI that is a failure, not a skip. */
export const kafkaMissing: string | undefined =
  process.env['CI'] === 'true' || (existsSync(folder) && missingForKafka().length === 0)
    ? undefined
    : 'Kafka is not prepared: npm test does it where java, mvn and openssl are there'

/** Fetches Kafka's jars from where `mvn` gets its own, and formats a log. */
export async function prepareKafka(): Promise<void> {
  if (existsSync(folder)) return
  await mkdir(dirname(folder), { recursive: true })
  const part = await mkdtemp(`${folder}-`)
  const dependencies = artifacts.map(
    ([group, name, of]) =>
      `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${of}</version></dependency>`,
  )
  const project = `<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>${dependencies.join('')}</dependencies></project>`
  await writeFile(join(part, 'pom.xml'), project)
  const jars = join(part, 'jars')
  await run('mvn', [
    '--quiet',
    '--batch-mode',
    `--file=${join(part, 'pom.xml')}`,
    `${dependencyPlugin}:copy-dependencies`,
    '-DincludeScope=runtime',
    `-DoutputDirectory=${jars}`,
  ])
  const properties = join(part, 'format.properties')
  const ports = { plain: 1, sasl: 2, tls: 3, mutual: 4, controller: 5 }
  await writeFile(properties, brokerProperties({ ports, data: join(part, 'log'), certificates: part }))
  const { username, password } = kafkaUser
  const scram = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
    '--add-scram',
    `${mechanism}=[name=${username},password=${password}]`,
  ])
  const format = ['kafka.tools.StorageTool', 'format', '-t', 'MillraceTestsOfKafka00', '-c', properties]
  await run('java', [...javaArguments, '-cp', join(jars, '*'), ...format, ...scram])
  // another run may have been faster
  await rename(part, folder).catch(() => rm(part, { recursive: true, force: true }))
}
