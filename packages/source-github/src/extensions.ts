import { asAttributeText, type AttributeValue } from '@millrace/source-sdk'
import { memberAt, type Payload } from './payload.ts'

/** An extension and the places that it is read from, the first that has a value. */
type Extension = readonly [name: string, ...paths: (readonly string[])[]]

/** Of every event whose payload has them. */
const always: readonly Extension[] = [
  ['owner', ['repository', 'owner', 'login'], ['organization', 'login']],
  ['repository', ['repository', 'name']],
  ['sender', ['sender', 'login']],
  ['action', ['action']],
  ['ref', ['ref']],
  ['label', ['label', 'name']],
  ['assignee', ['assignee', 'login']],
  ['pusher', ['pusher', 'name']],
  ['review', ['review', 'state']],
  ['release', ['release', 'name']],
  ['installation', ['installation', 'id']],
]

/** Of these events alone: others have members of the same name that mean something else. */
const byEvent = new Map<string, readonly Extension[]>(
  Object.entries({
    pull_request: [['number', ['number']]],
    push: [
      ['created', ['created']],
      ['deleted', ['deleted']],
      ['forced', ['forced']],
    ],
    status: [
      ['state', ['state']],
      ['name', ['name']],
      ['context', ['context']],
    ],
    membership: [['scope', ['scope']]],
  }),
)

/** The extensions of an event, each only where its payload has a value for it. */
export function extensionsOf(event: string, payload: Payload): Record<string, AttributeValue> {
  const extensions: Record<string, AttributeValue> = {}
  for (const [name, ...paths] of [...always, ...(byEvent.get(event) ?? [])]) {
    for (const path of paths) {
      const value = attributeValue(memberAt(payload, ...path))
      if (value === undefined) continue
      extensions[name] = value
      break
    }
  }
  return extensions
}

/** The types of CloudEvents: an Integer has 32 bits, what is longer is text. */
function attributeValue(value: unknown): AttributeValue | undefined {
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return Object.is(value, value | 0) ? value : String(value)
  return typeof value === 'string' && value !== '' ? asAttributeText(value) : undefined
}
