import { printable } from './printable.ts'
import { problem, type Problem } from './problems.ts'

/** The problem of a value with a character that attributes may not have (CloudEvents, "Type System", String). */
export function characterProblem(named: string, value: string, attribute: string): Problem | undefined {
  const character = disallowedCharacter(value)
  if (character === undefined) return undefined
  const detail = `${named} is ${printable(value)}, which contains ${character}: not allowed in an attribute`
  return problem('attribute-character', detail, attribute)
}

function disallowedCharacter(text: string): string | undefined {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit >= 0x20 && unit < 0x7f) continue
    if (unit < 0xa0) return describe(unit, 'a control character')
    if (unit < 0xd800) continue
    const point = text.codePointAt(index) ?? unit
    if (point >= 0xd800 && point <= 0xdfff) return describe(point, 'an unpaired surrogate')
    if ((point >= 0xfdd0 && point <= 0xfdef) || (point & 0xfffe) === 0xfffe)
      return describe(point, 'a noncharacter')
    if (point > 0xffff) index++
  }
  return undefined
}

function describe(point: number, what: string): string {
  return `U+${point.toString(16).toUpperCase().padStart(4, '0')}, ${what}`
}
