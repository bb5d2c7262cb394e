/** An expression that cannot be read (CESQL's ParseError and, since it can be known, MissingFunctionError). */
export class CesqlSyntaxError extends Error {
  readonly code = 'invalid-cesql'
  readonly expression: string
  /** From 1. */
  readonly line: number
  /** From 1, in characters. */
  readonly column: number
  /** What stands there, such as `"AND"` or `the end`. */
  readonly found: string
  /** What would be right there, such as `a value`. */
  readonly expected: string
  /** The line of the expression and, below it, a caret. */
  readonly excerpt: string

  constructor(expression: string, offset: number, found: string, expected: string) {
    const before = expression.slice(0, offset).split('\n')
    const line = before.length
    const column = Array.from(before.at(-1) ?? '').length + 1
    const excerpt = excerptOf(expression.split('\n')[line - 1] ?? '', column)
    super(`line ${line}, column ${column}: found ${found}, expected ${expected}\n${excerpt}`)
    this.name = 'CesqlSyntaxError'
    this.expression = expression
    this.line = line
    this.column = column
    this.found = found
    this.expected = expected
    this.excerpt = excerpt
  }
}

/** Characters shown on either side of the caret. */
const REACH = 40

function excerptOf(line: string, column: number): string {
  const characters = Array.from(line, (character) => (/\s/.test(character) ? ' ' : character))
  const start = Math.max(0, column - 1 - REACH)
  const end = column - 1 + REACH
  const head = start > 0 ? '…' : ''
  const tail = end < characters.length ? '…' : ''
  const shown = characters.slice(start, end).join('').trimEnd()
  return `${head}${shown}${tail}\n${' '.repeat(head.length + column - 1 - start)}^`
}
