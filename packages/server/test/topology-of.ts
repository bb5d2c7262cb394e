import { compile, loadManifests, type Compilation } from '@millrace/resources'

/** Compiles manifests that stand. */
export async function compiled(yaml: string): Promise<Compilation> {
  const { resources, findings } = await loadManifests(['-'], { env: {}, stdin: async () => yaml })
  if (findings.length > 0) throw new Error(JSON.stringify(findings))
  return compile(resources)
}

/** A broker `/<namespace>/default` with triggers of these names. */
export function brokerWith(namespace: string, triggers: readonly string[]): string {
  const documents = triggers.map(
    (name) => `apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: ${name}, namespace: ${namespace}}
spec: {broker: default, subscriber: {uri: "http://127.0.0.1:9/${name}"}}
`,
  )
  const broker = `apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: {name: default, namespace: ${namespace}}
`
  return [broker, ...documents].join('---\n')
}
