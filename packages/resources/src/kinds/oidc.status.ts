import { holds } from './conditions.ts'

/** The condition of every addressable: there are no EventPolicies. */
export const eventPoliciesReady = holds(
  'EventPoliciesReady',
  'OIDCDisabled',
  'Feature "authentication-oidc" must be enabled to support Authorization',
)

/** The condition of everything that sends: there are no identities. */
export const identityCreated = holds('OIDCIdentityCreated', 'authentication-oidc feature disabled', '')
