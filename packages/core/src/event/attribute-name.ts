import { printable } from './printable.ts'
import { problem, type Problem } from './problems.ts'

/** Whether all characters are lower-case ASCII letters or digits (CloudEvents, "Naming Conventions"). */
export function isAttributeName(name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    const code = name.charCodeAt(index)
    if ((code < 0x61 || code > 0x7a) && (code < 0x30 || code > 0x39)) return false
  }
  return name.length > 0
}

export function badName(name: string): Problem {
  const rule = 'an attribute name consists of lower-case letters a to z and digits'
  return problem('attribute-name', `${printable(name)} is no attribute: ${rule}`)
}
