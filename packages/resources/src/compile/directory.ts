import type { AddressablePath } from '@millrace/core'
import { findKind } from '../kinds/registry.ts'
import { isSecret } from '../kinds/secret/secret.schema.ts'
import type { SecretSpec } from '../kinds/secret/secret.schema.ts'
import { isService } from '../kinds/service/service.schema.ts'
import type { ServiceSpec } from '../kinds/service/service.schema.ts'
import { isSink } from '../kinds/sink/sink.schema.ts'
import type { Resource } from '../resource.ts'

export interface CompileOptions {
  /** The URL of a Service that no manifest describes: `http://{name}.{namespace}:8080`. */
  readonly serviceUrlTemplate?: string
  /** Where every ref that does not resolve goes, with its own relative `uri`: for development. */
  readonly unresolvedTo?: string
  /** Where the ingress is reached, for the URLs in statuses. */
  readonly ingressUrl?: string
}

/** What references are looked up in. */
export interface Directory extends CompileOptions {
  /** The kinds of the addressables by their paths. */
  readonly addressables: ReadonlyMap<AddressablePath, string>
  /** Of the sinks among them, where events end up. */
  readonly sinks: ReadonlyMap<AddressablePath, string>
  /** Services of type ExternalName by `<namespace>/<name>`. */
  readonly services: ReadonlyMap<string, ServiceSpec>
  /** The values of Secrets by `<namespace>/<name>`. */
  readonly secrets: ReadonlyMap<string, SecretSpec['data']>
}

export function directoryOf(resources: readonly Resource[], options: CompileOptions): Directory {
  const addressables = new Map<AddressablePath, string>()
  const sinks = new Map<AddressablePath, string>()
  const services = new Map<string, ServiceSpec>()
  const secrets = new Map<string, SecretSpec['data']>()
  for (const resource of resources) {
    const { kind, metadata } = resource
    const path = pathOf(metadata.namespace, metadata.name)
    if (findKind(kind)?.addressable === true || isSink(resource)) addressables.set(path, kind)
    if (isSink(resource) && resource.sink.missing === undefined) sinks.set(path, resource.sink.address)
    if (isSecret(resource)) secrets.set(`${metadata.namespace}/${metadata.name}`, resource.spec.data)
    if (isService(resource) && resource.spec.type === 'ExternalName') {
      services.set(`${metadata.namespace}/${metadata.name}`, resource.spec)
    }
  }
  return { ...options, addressables, sinks, services, secrets }
}

export function pathOf(namespace: string, name: string): AddressablePath {
  return `/${namespace}/${name}`
}

/** The URL of an addressable; its path where it is not known where the ingress is. */
export function addressUrl(path: AddressablePath, { ingressUrl = '' }: CompileOptions): string {
  return `${ingressUrl.replace(/\/+$/, '')}${path}`
}
