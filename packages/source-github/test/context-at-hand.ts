import { SourceError, type RunContext } from '@millrace/source-sdk'
import { gitHubSourceKind, type GitHubSourceSpec } from '../src/kind.ts'
import { checkpointAtHand, http, nowMs, place } from './hooks/api-at-hand.ts'

export interface ContextAtHand {
  readonly context: RunContext<GitHubSourceSpec>
  /** `Type=Status Reason`, the last of each type. */
  readonly conditions: Map<string, string>
  readonly fields: Record<string, unknown>
}

export interface ContextOptions {
  readonly spec?: Readonly<Record<string, unknown>>
  readonly secrets?: Readonly<Record<string, readonly [string, ...string[]]>>
  readonly webhookUrl?: string | undefined
}

/** What a host gives a GitHubSource, with nothing behind it but HTTP. */
export function contextAtHand({ spec = {}, secrets = {}, webhookUrl }: ContextOptions): ContextAtHand {
  const conditions = new Map<string, string>()
  const fields: Record<string, unknown> = {}
  const log = { debug: ignore, info: ignore, warn: ignore, error: ignore }
  const least = { ownerAndRepository: place, eventTypes: ['push'], secretToken: selector('hook') }
  const context: RunContext<GitHubSourceSpec> = {
    namespace: 'default',
    name: 'gh',
    annotations: {},
    spec: gitHubSourceKind.withDefaults?.({ ...least, ...spec }) as GitHubSourceSpec,
    emit: async () => ({ stored: 1, duplicates: 0 }),
    checkpoint: checkpointAtHand(),
    secret({ secretKeyRef: { key } }) {
      const values = secrets[key]
      if (values === undefined) throw SourceError.retryable(`secrets "gh" has no key "${key}", add it`)
      return values
    },
    status: {
      condition: (type, status, reason) => conditions.set(type, [status, reason ?? []].flat().join(' ')),
      set: (more) => Object.assign(fields, more),
      lag: ignore,
      problem: ignore,
    },
    log,
    clock: { now: () => nowMs, until: async () => undefined },
    http,
    webhookUrl,
    signal: new AbortController().signal,
  }
  return { context, conditions, fields }
}

export function selector(key: string) {
  return { secretKeyRef: { name: 'gh', key } }
}

function ignore(): void {
  // nobody listens
}
