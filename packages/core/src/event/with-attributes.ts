import type { Attributes, AttributeValue, CloudEvent } from './cloud-event.ts'
import { NewAttributes } from './new-attributes.ts'

/** The event with attributes set, or left out where the value is undefined; data is shared. */
export function withAttributes(
  event: CloudEvent,
  changes: Readonly<Record<string, AttributeValue | undefined>>,
): CloudEvent {
  const attributes = new NewAttributes()
  for (const name in event.attributes) {
    const value = event.attributes[name]
    if (value !== undefined && !Object.hasOwn(changes, name)) attributes[name] = value
  }
  for (const [name, value] of Object.entries(changes)) if (value !== undefined) attributes[name] = value
  return { ...event, attributes: attributes satisfies Attributes }
}
