import type { JsonSchema } from '@millrace/source-sdk'

/** What every kind of Google Cloud has in its spec (knative-gcp, PubSubSpec and IdentitySpec). */
export interface CloudSpec {
  /** The ID of the project; where left out it comes from the credentials or the environment. */
  readonly project?: string
  /** A key of a service account, as JSON; where left out `google-cloud-key/key.json` or the environment. */
  readonly secret?: { readonly name: string; readonly key: string }
}

/** The schema of `CloudSpec`. */
export const cloudFields: Readonly<Record<string, JsonSchema>> = {
  project: {
    type: 'string',
    pattern: '^[A-Za-z0-9][A-Za-z0-9.:-]*$',
    expected: 'the ID of a project, not its display name',
  },
  secret: {
    type: 'object',
    title: 'SecretKey',
    properties: {
      name: { type: 'string', minLength: 1 },
      key: { type: 'string', minLength: 1 },
      optional: { inert: 'what is named is needed' },
    },
    required: ['name', 'key'],
    additionalProperties: false,
  },
  serviceAccountName: {
    inert: 'there is no cluster with accounts: credentials are a Secret or the environment’s',
  },
}
