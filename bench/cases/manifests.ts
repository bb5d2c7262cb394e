/** The broker that the cases send to, and what they hang on it. Short: 10,000 of them are read in some cases. */
export const broker = `
apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: {name: default}
`

export interface TriggerShape {
  readonly name: string
  /** Where it delivers; without one its deliveries wait in the store. */
  readonly url?: string
  /** The one type that it takes; all without. */
  readonly type?: string
  /** Of `spec.delivery`, as flow-style YAML. */
  readonly delivery?: string
  /** As flow-style YAML. */
  readonly annotations?: string
}

export function trigger({ name, url, type, delivery, annotations }: TriggerShape): string {
  const subscriber =
    url === undefined ? '{ref: {apiVersion: v1, kind: Service, name: nobody}}' : `{uri: '${url}'}`
  return [
    '---',
    'apiVersion: eventing.knative.dev/v1',
    'kind: Trigger',
    `metadata: {name: ${name}${annotations === undefined ? '' : `, annotations: ${annotations}`}}`,
    'spec:',
    '  broker: default',
    ...(type === undefined ? [] : [`  filter: {attributes: {type: ${type}}}`]),
    `  subscriber: ${subscriber}`,
    ...(delivery === undefined ? [] : [`  delivery: ${delivery}`]),
    '',
  ].join('\n')
}

export function sequence(name: string, urls: readonly string[]): string {
  const steps = urls.map((url) => `    - uri: '${url}'`).join('\n')
  const channel = '{apiVersion: messaging.knative.dev/v1, kind: InMemoryChannel}'
  return `
apiVersion: flows.knative.dev/v1
kind: Sequence
metadata: {name: ${name}}
spec:
  channelTemplate: ${channel}
  steps:
${steps}
`
}
