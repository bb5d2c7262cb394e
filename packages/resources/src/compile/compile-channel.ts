import type { AddressablePath } from '@millrace/core'
import type { ChannelSpec } from '../kinds/channel/channel.schema.ts'
import { channelStatus } from '../kinds/channel/channel.status.ts'
import type { Resource } from '../resource.ts'
import type { Compiled, Inherited } from './compiled.ts'
import { addressUrl } from './directory.ts'
import type { Directory } from './directory.ts'
import { Links } from './links.ts'

/** A channel of any kind: they are all the same here. */
export function compileChannel(
  resource: Resource<ChannelSpec>,
  path: AddressablePath,
  directory: Directory,
): Compiled & Inherited {
  const { delivery } = resource.spec
  const links = new Links(resource, directory)
  const deadLetterSink = links.resolve(delivery?.deadLetterSink, path, 'spec.delivery.deadLetterSink')
  return {
    delivery,
    deadLetterSink,
    status: channelStatus(resource, { url: addressUrl(path, directory), deadLetterSink }),
    findings: links.findings,
    edges: links.edges,
  }
}
