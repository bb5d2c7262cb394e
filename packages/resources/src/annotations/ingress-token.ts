import { quote } from '../quote.ts'

export const INGRESS_TOKEN = 'millrace.dev/ingress-token'

/** A key of a Secret in the resource's own namespace. */
export interface SecretKey {
  readonly secret: string
  readonly key: string
}

/** The form of the annotation's value; the rest is found out when the Secrets are known. */
export function ingressTokenProblem(value: string): string | undefined {
  if (secretKeyOf(value) !== undefined) return undefined
  return `is ${quote(value)}, must be SECRET/KEY, such as producers/token`
}

/** The reference that an annotation holds. */
export function secretKeyOf(annotation: string | undefined): SecretKey | undefined {
  const [, secret, key] =
    /^([a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?)\/([-._a-zA-Z0-9]{1,253})$/.exec(annotation ?? '') ?? []
  return secret === undefined || key === undefined ? undefined : { secret, key }
}
