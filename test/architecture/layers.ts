/** What a package of ours may import, by the place of its source. */
export interface Layer {
  /** Other packages of ours. */
  readonly own: readonly string[]
  /** Packages of ours that are loaded by `import()` alone (or named by types alone). */
  readonly lazy?: readonly string[]
  /** Packages from the registry. */
  readonly libraries?: readonly string[]
  /** `node:` modules; all where left out. */
  readonly node?: readonly string[]
}

/** Design, section 5: who may import whom. A package that is missing here fails the test. */
export const layers: Readonly<Record<string, Layer>> = {
  '@millrace/core': { own: [], node: [] },
  '@millrace/resources': { own: ['@millrace/core'], libraries: ['ajv', 'typebox', 'yaml'] },
  '@millrace/storage': { own: ['@millrace/core'], libraries: ['vitest', 'fast-check'] },
  '@millrace/storage-redis': {
    own: ['@millrace/storage', '@millrace/core'],
    libraries: ['bullmq', 'ioredis'],
  },
  '@millrace/storage-sqlite': { own: ['@millrace/storage', '@millrace/core'] },
  '@millrace/source-sdk': { own: ['@millrace/core'], libraries: ['vitest'] },
  '@millrace/source-ping': { own: ['@millrace/source-sdk'], libraries: ['croner'] },
  '@millrace/source-github': { own: ['@millrace/source-sdk', '@millrace/core'] },
  '@millrace/source-kafka': {
    own: ['@millrace/source-sdk', '@millrace/core'],
    libraries: ['kafkajs', '@platformatic/wasm-utils'],
  },
  '@millrace/source-pubsub': {
    own: ['@millrace/source-sdk', '@millrace/core'],
    libraries: ['@google-cloud/pubsub', 'google-auth-library', 'jose'],
  },
  '@millrace/source-storage': {
    own: ['@millrace/source-pubsub', '@millrace/source-sdk'],
    libraries: ['@google-cloud/storage'],
  },
  '@millrace/source-scheduler': {
    own: ['@millrace/source-ping', '@millrace/source-pubsub', '@millrace/source-sdk'],
  },
  '@millrace/source-audit-logs': { own: ['@millrace/source-pubsub', '@millrace/source-sdk'] },
  '@millrace/source-cloud-build': { own: ['@millrace/source-pubsub', '@millrace/source-sdk'] },
  '@millrace/source-webhook': { own: ['@millrace/source-sdk', '@millrace/core'] },
  '@millrace/server': {
    own: ['@millrace/core', '@millrace/resources', '@millrace/storage', '@millrace/source-sdk'],
    lazy: [
      '@millrace/storage-redis',
      '@millrace/storage-sqlite',
      '@millrace/source-github',
      '@millrace/source-kafka',
      '@millrace/source-ping',
      '@millrace/source-audit-logs',
      '@millrace/source-cloud-build',
      '@millrace/source-pubsub',
      '@millrace/source-scheduler',
      '@millrace/source-storage',
      '@millrace/source-webhook',
    ],
    libraries: [
      'fastify',
      'pino',
      'prom-client',
      'undici',
      '@opentelemetry/api',
      '@opentelemetry/exporter-trace-otlp-http',
      '@opentelemetry/exporter-trace-otlp-proto',
      '@opentelemetry/resources',
      '@opentelemetry/sdk-trace',
    ],
  },
  millrace: {
    own: ['@millrace/core', '@millrace/resources'],
    lazy: ['@millrace/server'],
    libraries: ['cloudevents'],
  },
  '@millrace/testkit': { own: [], libraries: ['undici', 'kafkajs'] },
}

/** Folders of the server that meet only in the store and in create-server.ts. */
export const rooms = ['ingress', 'delivery', 'sources', 'control', 'jobs'] as const

/** The most lines that a source file has. */
export const longestFile = 400

/** Names that say nothing of what is in a file. */
export const vagueNames = ['utils', 'util', 'helpers', 'helper', 'common', 'types', 'misc', 'shared']
