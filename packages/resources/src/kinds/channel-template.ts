import { inert } from './field-class.ts'
import { mapAt } from './shape.ts'

/** `channelTemplate` of a Channel and of flows. */
export const templateField = inert(
  'there is one kind of channel here, and the store is chosen when Millrace is started',
)

/** As Knative's own default; it may not change on reload, so what is left out has to mean one thing. */
export function withTemplate(spec: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const template = mapAt(spec, 'channelTemplate')
  const channelTemplate = { apiVersion: 'messaging.knative.dev/v1', kind: 'InMemoryChannel', ...template }
  return { ...spec, channelTemplate }
}
