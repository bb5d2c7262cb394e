import { CesqlSyntaxError } from './syntax-error.ts'

/** A piece of an expression. `text` is as written, except that a string's is what it stands for. */
export interface Token {
  readonly kind: 'word' | 'integer' | 'string' | 'symbol' | 'end'
  readonly text: string
  readonly start: number
  readonly end: number
}

const space = /[ \t\r\n]+/y
const word = /[A-Za-z0-9_]+/y
const symbol = /!=|<>|<=|>=|[=<>+\-*/%(),]/y
/** A backslash keeps the quote that follows it from ending the string (CESQL 2.2). */
const quoted = /'(?:[^'\\]|\\[^])*'|"(?:[^"\\]|\\[^])*"/y

/** Splits an expression into its pieces; the last one is the end. */
export function tokens(expression: string): readonly Token[] {
  const found: Token[] = []
  let at = 0
  while (true) {
    at += match(space, expression, at)?.length ?? 0
    const piece = next(expression, at)
    found.push(piece)
    if (piece.kind === 'end') return found
    at = piece.end
  }
}

function next(expression: string, start: number): Token {
  if (start === expression.length) return { kind: 'end', text: '', start, end: start }
  const name = match(word, expression, start)
  if (name !== undefined) return token(/^[0-9]+$/.test(name) ? 'integer' : 'word', name, start)
  const operator = match(symbol, expression, start)
  if (operator !== undefined) return token('symbol', operator, start)
  const string = match(quoted, expression, start)
  if (string !== undefined) return { ...token('string', string, start), text: unquoted(string) }
  throw unreadable(expression, start)
}

function token(kind: Token['kind'], text: string, start: number): Token {
  return { kind, text, start, end: start + text.length }
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

/** Only the quote of the string itself is escaped; any other backslash stands for itself. */
function unquoted(string: string): string {
  const quote = string.charAt(0)
  return string.slice(1, -1).replaceAll(/\\[^]/g, (pair) => (pair.endsWith(quote) ? quote : pair))
}

function unreadable(expression: string, start: number): CesqlSyntaxError {
  const [character = ''] = expression.slice(start, start + 2)
  if (character === "'" || character === '"') {
    return new CesqlSyntaxError(expression, start, 'a string without an end', `a closing ${character}`)
  }
  return new CesqlSyntaxError(expression, start, JSON.stringify(character), 'a value or an operator')
}
