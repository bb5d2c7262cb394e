import type { Resource } from '@millrace/resources'
import { isTrigger } from '@millrace/resources'
import { sampleBroker } from './sample-manifests.ts'

/** The event that the greeting shows how to send. */
export interface OwnEvent {
  readonly id: string
  /** The path of what takes it. */
  readonly to: string
  readonly type: string
  /** Where a trigger asks for one; `/me` where left out. */
  readonly source?: string
}

export const sampleOwnEvent: OwnEvent = { id: 'mine-1', to: sampleBroker, type: 'com.example.hello' }

/** For a user's own manifests: to the first addressable, of a type (and source) that one of its triggers asks for. */
export function ownEventFor(
  resources: readonly Resource[],
  addressables: Iterable<string>,
): OwnEvent | undefined {
  const [to] = addressables
  if (to === undefined) return undefined
  const asked = resources
    .filter(isTrigger)
    .filter(({ metadata, spec }) => `/${metadata.namespace}/${spec.broker}` === to)
    .flatMap(({ spec: { filter, filters = [] } }) => [
      ...(filters.length === 0 ? [filter?.attributes] : []),
      ...filters.map((one) => ('exact' in one ? one.exact : undefined)),
    ])
  const chosen = asked.find((one) => Boolean(one?.['type']))
  const source = chosen?.['source']
  return { id: 'mine-1', to, type: chosen?.['type'] ?? sampleOwnEvent.type, ...(source && { source }) }
}

/** A command line for sh that sends it. */
export function curl(ingress: string, { id, to, type, source = '/me' }: OwnEvent): string {
  const header = (name: string, value: string) => `-H ${quoted(`${name}: ${value}`)}`
  return [
    `curl -i ${quoted(`${ingress}${to}`)}`,
    [header('ce-specversion', '1.0'), header('ce-id', id), header('ce-source', source)].join(' '),
    header('ce-type', type),
    `${header('content-type', 'application/json')} -d ${quoted('{"hello": "world"}')}`,
  ].join(' \\\n    ')
}

/** A word for sh, as it is. */
function quoted(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
