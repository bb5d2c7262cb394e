import {
  secretKeySelectorSchema,
  type SecretKeySelector,
  type SourceKind,
  type SourceManifest,
  type SourceReport,
} from '@millrace/source-sdk'
import { eventSource, eventType } from './to-event.ts'

/** A GitHubSource's spec with its defaults. */
export interface GitHubSourceSpec {
  /** `OWNER/REPOSITORY`, or `ORGANIZATION` alone. */
  readonly ownerAndRepository: string
  /** Names of GitHub's events; `*` is all of them. */
  readonly eventTypes: readonly string[]
  /** Signs deliveries. */
  readonly secretToken: SecretKeySelector
  /** Manages the hook; without it somebody else does. */
  readonly accessToken?: SecretKeySelector
  /** Without a slash at its end. */
  readonly githubAPIURL: string
  /** Whether GitHub looks at our certificate. */
  readonly secure: boolean
}

/** The condition of what stands at GitHub. */
export const WEBHOOK_CONFIGURED = 'WebhookConfigured'
export const SECRETS_PROVIDED = 'SecretsProvided'

export const gitHubSourceKind: SourceKind<GitHubSourceSpec> = {
  kind: 'GitHubSource',
  plural: 'githubsources',
  apiVersions: ['sources.knative.dev/v1alpha1'],
  spec: {
    properties: {
      ownerAndRepository: {
        type: 'string',
        pattern: '^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)?$',
        expected: 'OWNER/REPOSITORY, or an organization alone',
      },
      eventTypes: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'string',
          pattern: '^(\\*|[a-z][a-z0-9_]*)$',
          expected: 'the name of an event of GitHub such as pull_request, or "*"',
        },
        expected: 'a list of events of GitHub such as [push, pull_request], or ["*"]',
      },
      accessToken: secretKeySelectorSchema,
      secretToken: secretKeySelectorSchema,
      githubAPIURL: { type: 'string', minLength: 1 },
      secure: { type: 'boolean' },
      serviceAccountName: { inert: 'a source runs inside Millrace' },
    },
    required: ['ownerAndRepository', 'eventTypes', 'secretToken'],
  },
  conditions: [SECRETS_PROVIDED, WEBHOOK_CONFIGURED],
  validate,
  withDefaults,
  columns: [
    { heading: 'REPOSITORY', path: 'spec.ownerAndRepository' },
    { heading: 'EVENTS', path: 'spec.eventTypes' },
    { heading: 'HOOK', path: 'status.webhookIDKey' },
    { heading: 'URL', path: 'status.webhookURL' },
  ],
  ceAttributes: ({ spec: { eventTypes, ownerAndRepository } }) =>
    eventTypes.includes('*')
      ? []
      : eventTypes.map((event) => ({ type: eventType(event), source: eventSource(ownerAndRepository) })),
}

function validate({ spec }: SourceManifest, report: SourceReport): void {
  const { githubAPIURL: url } = spec
  if (typeof url !== 'string' || url === '') return
  const expected = 'must be the URL of an API such as https://github.example.com/api/v3'
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    return report({ path: 'githubAPIURL', message: `is ${JSON.stringify(url)}, ${expected}` })
  const { username, password, search, hash } = new URL(url)
  if (username + password + search + hash !== '')
    report({ path: 'githubAPIURL', message: `has more than a host and a path, ${expected}` })
}

function withDefaults(spec: Readonly<Record<string, unknown>>): GitHubSourceSpec {
  const given = spec as unknown as Partial<GitHubSourceSpec> &
    Pick<GitHubSourceSpec, 'ownerAndRepository' | 'eventTypes' | 'secretToken'>
  const { githubAPIURL = 'https://api.github.com', secure = true } = given
  return { ...given, githubAPIURL: githubAPIURL.replace(/\/+$/, ''), secure }
}
