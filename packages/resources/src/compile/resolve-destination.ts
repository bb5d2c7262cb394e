import type { AddressablePath, Destination, SinkDestination } from '@millrace/core'
import type { DestinationSpec, ReferenceSpec } from '../kinds/destination.schema.ts'
import { findKind, kinds } from '../kinds/registry.ts'
import { knownSinks } from '../kinds/sink/known-sinks.ts'
import { nearest } from '../nearest.ts'
import { withoutCredentials } from '../quote.ts'
import { addressUrl, pathOf } from './directory.ts'
import type { Directory } from './directory.ts'
import { serviceUrl } from './service-url.ts'

/** What a Destination came to. */
export type Resolution =
  | {
      readonly kind: 'resolved'
      readonly destination: Destination
      /** For people, without credentials. */
      readonly uri: string
    }
  | {
      readonly kind: 'unresolved'
      /** Why, and what to do. */
      readonly message: string
      /** It will be a URL once it resolves; otherwise nothing is known of it. */
      readonly url: boolean
    }

/** Resolves a Destination whose `ref` has its namespace (Knative, duck/v1 and resolver). */
export function resolveDestination({ ref, uri }: DestinationSpec, directory: Directory): Resolution {
  if (ref === undefined) return resolvedUrl(uri ?? '')
  const { unresolvedTo } = directory
  const resolution = resolveReference(ref, uri, directory)
  if (resolution.kind === 'resolved' || unresolvedTo === undefined) return resolution
  return resolvedUrl(below(unresolvedTo, uri))
}

function resolveReference(ref: ReferenceSpec, uri: string | undefined, directory: Directory): Resolution {
  const namespace = ref.namespace ?? ''
  if (isService(ref)) return resolveService(ref, namespace, uri, directory)
  const path = pathOf(namespace, ref.name)
  if (directory.addressables.get(path) === ref.kind) {
    const destination = sinkDestination(path, directory) ?? { kind: 'addressable', path }
    return { kind: 'resolved', destination, uri: addressUrl(path, directory) }
  }
  return { kind: 'unresolved', message: missing(ref, namespace, directory), url: false }
}

/** The way out of a sink; undefined: there is no sink at the path. */
export function sinkDestination(path: AddressablePath, { sinks }: Directory): SinkDestination | undefined {
  const address = sinks.get(path)
  return address === undefined ? undefined : { kind: 'sink', path, address }
}

function resolveService(
  ref: ReferenceSpec,
  namespace: string,
  uri: string | undefined,
  directory: Directory,
): Resolution {
  const found = serviceUrl(ref.name, namespace, directory)
  if (found.kind === 'url') return resolvedUrl(below(found.url, uri))
  return { kind: 'unresolved', message: `${notFound(ref)}${found.todo}`, url: true }
}

/** A ref's own `uri` is relative to what the ref resolves to. */
function below(url: string, uri: string | undefined): string {
  return uri === undefined ? url : new URL(uri, url).href
}

/** `v1` Services, and Knative's, which are behind a `v1` Service of the same name. */
function isService({ apiVersion, kind }: ReferenceSpec): boolean {
  return kind === 'Service' && (apiVersion === 'v1' || apiVersion.startsWith('serving.knative.dev/'))
}

/** `user:password@` becomes Basic authorization and is nowhere else. */
function resolvedUrl(text: string): Resolution {
  const { username, password } = new URL(text)
  const url = withoutCredentials(text)
  if (username === '' && password === '')
    return { kind: 'resolved', destination: { kind: 'url', url }, uri: url }
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  const authorization = `Basic ${Buffer.from(pair).toString('base64')}`
  return { kind: 'resolved', destination: { kind: 'url', url, authorization }, uri: url }
}

function missing(ref: ReferenceSpec, namespace: string, { addressables }: Directory): string {
  const targets = [...kinds.filter(({ addressable }) => addressable), ...knownSinks]
  const known = targets.find(({ kind }) => kind === ref.kind)
  if (known === undefined) {
    const names = targets.map(({ kind }) => `a ${kind}`)
    return `${notFound(ref)}this version sends to ${names.join(', ')}, a Service or a uri`
  }
  const names = [...addressables].flatMap(([path, kind]) => {
    const [, space, name] = path.split('/')
    return kind === known.kind && space === namespace && name !== undefined ? [name] : []
  })
  const near = nearest(ref.name, names)
  return `${notFound(ref)}${near === undefined ? `declare it in namespace ${namespace}` : `did you mean "${near}"?`}`
}

/** In Kubernetes' words: `brokers.eventing.knative.dev "orders" not found`. */
export function notFound({ apiVersion, kind, name }: Omit<ReferenceSpec, 'namespace'>): string {
  const group = apiVersion.includes('/') ? `.${apiVersion.slice(0, apiVersion.indexOf('/'))}` : ''
  const plural = findKind(kind)?.plural ?? `${kind.toLowerCase()}s`
  return `${plural}${group} "${name}" not found, `
}
