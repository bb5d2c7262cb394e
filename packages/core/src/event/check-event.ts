import { badName, isAttributeName } from './attribute-name.ts'
import { characterProblem } from './characters.ts'
import type { CloudEvent } from './cloud-event.ts'
import { isInteger } from './integer.ts'
import { problem, type Problem } from './problems.ts'
import { validateAttributes } from './validate.ts'

/** The first rule of the specification that an event breaks that no message brought: readers have looked already. */
export function checkEvent({ attributes, data }: CloudEvent): Problem | undefined {
  for (const name in attributes) {
    const value = attributes[name]!
    if (!isAttributeName(name) || name === 'data') return badName(name)
    const wrong = typeof value === 'string' ? characterProblem(name, value, name) : notAnInteger(name, value)
    if (wrong !== undefined) return wrong
  }
  if (data !== undefined && !(data instanceof Uint8Array))
    return problem('data-type', 'the data of an event is bytes, a Uint8Array')
  return validateAttributes(attributes, (name) => name)
}

function notAnInteger(name: string, value: number | boolean): Problem | undefined {
  if (typeof value === 'boolean' || isInteger(value)) return undefined
  return problem('attribute-type', `${name} is ${String(value)}, which is no 32-bit integer`, name)
}
