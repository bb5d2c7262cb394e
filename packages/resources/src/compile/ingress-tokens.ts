import { INGRESS_TOKEN, secretKeyOf } from '../annotations/ingress-token.ts'
import { nearest } from '../nearest.ts'
import type { Resource } from '../resource.ts'
import type { Directory } from './directory.ts'

/** Who may send to an addressable. */
export type IngressTokens =
  | { readonly kind: 'open' }
  | { readonly kind: 'guarded'; readonly tokens: readonly string[] }
  /** There should be tokens and there are none: nobody may send. */
  | { readonly kind: 'missing'; readonly message: string }

/** The tokens that the annotation names: the lines of a Secret's value, so that two hold while one is changed. */
export function ingressTokens({ metadata }: Pick<Resource, 'metadata'>, directory: Directory): IngressTokens {
  const { namespace, annotations } = metadata
  const reference = secretKeyOf(annotations[INGRESS_TOKEN])
  if (reference === undefined) return { kind: 'open' }
  const { secret, key } = reference
  const data = directory.secrets.get(`${namespace}/${secret}`)
  if (data === undefined) {
    const message = `secrets "${secret}" not found, ${hint(secret, secretsOf(namespace, directory), `declare it in namespace ${namespace}`)}`
    return { kind: 'missing', message }
  }
  const value = data[key]
  if (value === undefined) {
    const message = `secrets "${secret}" has no key "${key}", ${hint(key, Object.keys(data), 'add it')}`
    return { kind: 'missing', message }
  }
  const tokens = value.split('\n').map((line) => line.trim())
  const filled = tokens.filter((token) => token !== '')
  if (filled.length > 0) return { kind: 'guarded', tokens: filled }
  return { kind: 'missing', message: `key "${key}" of secrets "${secret}" is empty, put a token there` }
}

function hint(word: string, known: readonly string[], otherwise: string): string {
  const near = nearest(word, known)
  return near === undefined ? otherwise : `did you mean "${near}"?`
}

function secretsOf(namespace: string, { secrets }: Directory): string[] {
  const prefix = `${namespace}/`
  return [...secrets.keys()].filter((id) => id.startsWith(prefix)).map((id) => id.slice(prefix.length))
}
