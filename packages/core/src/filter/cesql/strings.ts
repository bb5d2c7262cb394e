import type { Evaluation } from './evaluation.ts'

/*
 * The built-in functions on strings (CESQL 3.5.1). Characters are code points, as in the Unicode
 * strings of 3.1, and are counted only where a string has more code units than characters.
 */

/** The longest string that a function makes: no attribute of an event can be longer. */
const LONGEST_RESULT = 1024 * 1024

export function length(text: string): number {
  let count = text.length
  if (!surrogate.test(text)) return count
  for (let at = 0; at < text.length; at++) if (isPair(text, at)) count--
  return count
}

/** The strings one after another, with a delimiter between them. */
export function join(texts: readonly string[], delimiter: string, evaluation: Evaluation): string {
  let size = delimiter.length * Math.max(0, texts.length - 1)
  for (const text of texts) size += text.length
  return size > LONGEST_RESULT ? tooLong(evaluation) : texts.join(delimiter)
}

export function upper(text: string, evaluation: Evaluation): string {
  const result = text.toUpperCase()
  return result.length > LONGEST_RESULT ? tooLong(evaluation) : result
}

export function lower(text: string, evaluation: Evaluation): string {
  const result = text.toLowerCase()
  return result.length > LONGEST_RESULT ? tooLong(evaluation) : result
}

/** Without the characters at either end that have Unicode's property White_Space. */
export function trim(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && whiteSpace.test(text.charAt(start))) start++
  while (end > start && whiteSpace.test(text.charAt(end - 1))) end--
  return text.slice(start, end)
}

const whiteSpace = /\p{White_Space}/u

export function left(text: string, count: number, evaluation: Evaluation): string {
  if (count < 0) return negative('LEFT', count, text, evaluation)
  return text.slice(0, unitsOf(text, 0, count))
}

export function right(text: string, count: number, evaluation: Evaluation): string {
  if (count < 0) return negative('RIGHT', count, text, evaluation)
  return text.slice(unitsOf(text, 0, Math.max(0, length(text) - count)))
}

/** From a position that counts from 1, or from the end when it is negative. */
export function substring(text: string, position: number, count: number, evaluation: Evaluation): string {
  const characters = length(text)
  if (position > characters || position < -characters) {
    evaluation.fail(
      'functionEvaluation',
      `SUBSTRING: position ${position} is outside of ${characters} characters`,
    )
    return ''
  }
  if (count < 0) return negative('SUBSTRING', count, '', evaluation)
  if (position === 0) return ''
  const start = unitsOf(text, 0, position > 0 ? position - 1 : characters + position)
  return text.slice(start, unitsOf(text, start, count))
}

function negative(name: string, count: number, result: string, evaluation: Evaluation): string {
  evaluation.fail('functionEvaluation', `${name}: ${count} is a negative number of characters`)
  return result
}

function tooLong(evaluation: Evaluation): string {
  evaluation.fail('functionEvaluation', `the result is longer than ${LONGEST_RESULT} characters`)
  return ''
}

/** The index behind so many characters from an index on. */
function unitsOf(text: string, from: number, characters: number): number {
  if (!surrogate.test(text)) return Math.min(text.length, from + characters)
  let at = from
  for (let count = 0; count < characters && at < text.length; count++) at += isPair(text, at) ? 2 : 1
  return at
}

/** Found without a look at the characters where the engine keeps one byte for each. */
const surrogate = /[\ud800-\udbff]/

function isPair(text: string, at: number): boolean {
  return (text.codePointAt(at) ?? 0) > 0xffff
}
