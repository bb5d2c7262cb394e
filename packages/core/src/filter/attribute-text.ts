import type { Attributes } from '../event/cloud-event.ts'

/** An attribute in its canonical string form; an empty subject counts as none. */
export function attributeText(attributes: Attributes, name: string): string | undefined {
  const value = attributes[name]
  if (value === undefined || (value === '' && name === 'subject')) return undefined
  return typeof value === 'string' ? value : String(value)
}
