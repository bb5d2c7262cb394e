import type { Resource } from '@millrace/resources'
import { isTrigger } from '@millrace/resources'
import { sampleBroker } from './sample-manifests.ts'

/** The event that the greeting shows how to send. */
export interface OwnEvent {
  readonly id: string
  /** The path of what takes it. */
  readonly to: string
  readonly type: string
}

export const sampleOwnEvent: OwnEvent = { id: 'mine-1', to: sampleBroker, type: 'com.example.hello' }

/** For a user's own manifests: to the first addressable, of a type that one of its triggers asks for. */
export function ownEventFor(
  resources: readonly Resource[],
  addressables: Iterable<string>,
): OwnEvent | undefined {
  const [to] = addressables
  if (to === undefined) return undefined
  const types = resources
    .filter(isTrigger)
    .filter(({ metadata, spec }) => `/${metadata.namespace}/${spec.broker}` === to)
    .flatMap(({ spec: { filter, filters = [] } }) => [
      ...(filters.length === 0 ? [filter?.attributes?.['type']] : []),
      ...filters.map((one) => ('exact' in one ? one.exact['type'] : undefined)),
    ])
  const type = types.find((one) => one !== undefined && one !== '')
  return { id: 'mine-1', to, type: type ?? sampleOwnEvent.type }
}

/** A command line for sh that sends it. */
export function curl(ingress: string, { id, to, type }: OwnEvent): string {
  const header = (name: string, value: string) => `-H ${quoted(`${name}: ${value}`)}`
  return [
    `curl -i ${quoted(`${ingress}${to}`)}`,
    [header('ce-specversion', '1.0'), header('ce-id', id), header('ce-source', '/me')].join(' '),
    header('ce-type', type),
    `${header('content-type', 'application/json')} -d ${quoted('{"hello": "world"}')}`,
  ].join(' \\\n    ')
}

/** A word for sh, as it is. */
function quoted(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
