import {
  secretKeySelectorSchema,
  type JsonSchema,
  type Named,
  type SecretKeySelector,
  type SourceKind,
} from '@millrace/source-sdk'
import { validate } from './validation.ts'

/** How a request shows that it is from whom it should be. */
export type Scheme = 'standard' | 'stripe' | 'hmac' | 'token' | 'bearer' | 'basic'

/** Where an attribute comes from: exactly one of these. */
export interface Origin {
  readonly value?: string
  readonly header?: string
  /** A JSON pointer into the body (RFC 6901). */
  readonly pointer?: string
}

export interface WebhookSourceSpec {
  readonly verify: {
    readonly scheme: Scheme
    readonly header?: string
    readonly secret: SecretKeySelector
    /** How old a request may be: an ISO 8601 duration, PT5M where left out. */
    readonly tolerance?: string
  }
  readonly event: {
    readonly type: Origin & { readonly prefix?: string }
    readonly id?: Origin
    readonly subject?: Origin
    readonly source?: Origin
  }
}

/** The condition of what a WebhookSource needs. */
export const SECRETS_PROVIDED = 'SecretsProvided'

export const schemes: readonly Scheme[] = ['standard', 'stripe', 'hmac', 'token', 'bearer', 'basic']

const header: JsonSchema = {
  type: 'string',
  pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$",
  expected: 'the name of a header',
}

const origin = {
  value: { type: 'string', minLength: 1 },
  header,
  pointer: {
    type: 'string',
    pattern: '^(/([^~]|~[01])*)?$',
    expected: 'a JSON pointer such as /data/id (RFC 6901)',
  },
}

const originSchema: JsonSchema = {
  type: 'object',
  title: 'Origin',
  properties: origin,
  additionalProperties: false,
}

export const webhookSourceKind: SourceKind<WebhookSourceSpec> = {
  kind: 'WebhookSource',
  plural: 'webhooksources',
  apiVersions: ['sources.millrace.dev/v1alpha1'],
  spec: {
    properties: {
      verify: {
        type: 'object',
        properties: {
          scheme: { type: 'string', enum: schemes },
          header,
          secret: secretKeySelectorSchema,
          tolerance: { type: 'string', format: 'positive-duration' },
        },
        required: ['scheme', 'secret'],
        additionalProperties: false,
      },
      event: {
        type: 'object',
        properties: {
          type: {
            type: 'object',
            title: 'Origin',
            properties: { ...origin, prefix: { type: 'string', minLength: 1 } },
            additionalProperties: false,
          },
          id: originSchema,
          subject: originSchema,
          source: originSchema,
        },
        required: ['type'],
        additionalProperties: false,
      },
    },
    required: ['verify', 'event'],
  },
  conditions: [SECRETS_PROVIDED],
  validate,
  columns: [
    { heading: 'SCHEME', path: 'spec.verify.scheme' },
    { heading: 'URL', path: 'status.webhookURL' },
  ],
  ceAttributes({ namespace, name, spec: { event } }) {
    const { type, source } = event
    const isFixed = type.value !== undefined && (source === undefined || source.value !== undefined)
    if (!isFixed) return []
    const text = source?.value ?? defaultSource({ namespace, name })
    return [{ type: (type.prefix ?? '') + (type.value ?? ''), source: text }]
  },
}

export function defaultSource({ namespace, name }: Named): string {
  return `/apis/v1/namespaces/${namespace}/webhooksources/${name}`
}
