import { SourceError } from '@millrace/source-sdk'

/** The value that a JSON pointer leads to (RFC 6901), as text; undefined where it leads to none, or to no scalar. */
export function textAtPointer(document: JsonDocument, pointer: string): string | undefined {
  const value = valueAt(document.value, pointer)
  switch (typeof value) {
    case 'string':
      return value
    case 'boolean':
      return String(value)
    case 'number':
      // two ids must not become one: what JavaScript rounds is read again, digit by digit
      return Number.isSafeInteger(value) ? String(value) : String(valueAt(document.withDigits(), pointer))
    default:
      return undefined
  }
}

/** A JSON text that has been parsed. */
export interface JsonDocument {
  readonly value: unknown
  /**
   * The same with every number as the text that it was written as.
   * @throws {SourceError} where it nests deeper than can be read so
   */
  withDigits(): unknown
}

/** Undefined where the bytes are no JSON in UTF-8. */
export function readJson(bytes: Uint8Array): JsonDocument | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return {
      value: JSON.parse(text) as unknown,
      withDigits: () => withDigits(text),
    }
  } catch {
    return undefined
  }
}

/** A reviver calls itself for each level, which plain parsing does not. */
function withDigits(text: string): unknown {
  try {
    return JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown) as unknown
  } catch (cause) {
    const message = 'the body nests too deeply for the digits of a number in it to be read'
    throw SourceError.terminal(message, { cause, problem: 'malformed' })
  }
}

function keepDigits(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  return typeof value === 'number' ? source : value
}

function valueAt(document: unknown, pointer: string): unknown {
  let value = document
  for (const token of pointer.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    if (Array.isArray(value) && !/^(0|[1-9]\d*)$/.test(name)) return undefined
    value = (value as Readonly<Record<string, unknown>>)[name]
  }
  return value
}
