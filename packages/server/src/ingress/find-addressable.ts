import type { IncomingMessage } from 'node:http'
import type { Addressable } from '@millrace/core'
import { requestPath } from './request-path.ts'

/** A channel's Service in Knative: `<name>-kn-channel.<namespace>` and whatever the cluster's domain is. */
const channelHost = /^(.+)-kn-channel\.([a-z0-9-]+)(?:[.:]|$)/
const authority = /^https?:\/\/([^/?#]*)/i

/** By which names of a channel's Service each kind is reached; the suffix is Knative's for a flow's first channel. */
const suffixes: Readonly<Record<string, string>> = {
  Channel: '',
  InMemoryChannel: '',
  KafkaChannel: '',
  Sequence: '-kn-sequence-0',
  Parallel: '-kn-parallel',
}

/** What a request is for: by its path, and at `/` by its host, as Knative's channels are reached. */
export function findAddressable(
  { url = '', headers }: Pick<IncomingMessage, 'url' | 'headers'>,
  addressables: ReadonlyMap<string, Addressable>,
): Addressable | undefined {
  const path = requestPath(url)
  if (path !== '/' && path !== '') return addressables.get(path)
  // the absolute form of a target wins over the Host header (RFC 9112, 3.2.2)
  const host = authority.exec(url)?.[1] ?? headers.host ?? ''
  const [, service, namespace] = channelHost.exec(host.toLowerCase()) ?? []
  if (service === undefined || namespace === undefined) return undefined
  for (const suffix of new Set(Object.values(suffixes))) {
    if (!service.endsWith(suffix)) continue
    const found = addressables.get(`/${namespace}/${service.slice(0, service.length - suffix.length)}`)
    if (found !== undefined && suffixes[found.kind] === suffix) return found
  }
  return undefined
}
