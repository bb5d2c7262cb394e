import { mapAt } from '../shape.ts'

/** As Knative's own default; it may not change on reload, so what is left out has to mean one thing. */
export function withTemplate(spec: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const template = mapAt(spec, 'channelTemplate')
  const channelTemplate = { apiVersion: 'messaging.knative.dev/v1', kind: 'InMemoryChannel', ...template }
  return { ...spec, channelTemplate }
}
