import { isMap } from '../kinds/shape.ts'
import type { Report } from '../kinds/report.ts'
import { below } from './path.ts'

export interface SubstituteOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether the text at a path stays as it is (event data, CESQL). */
  readonly verbatim: (path: string) => boolean
  readonly report: Report
}

/** `$${` is a literal `${`; `${` begins a name. */
const reference = /\$\$\{|\$\{([^}]*)(\}?)/g
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Replaces `${NAME}` from the environment in every text of a value that was parsed; never in keys. */
export function substitute(value: unknown, options: SubstituteOptions, path = ''): unknown {
  if (typeof value === 'string') return options.verbatim(path) ? value : replaced(value, options, path)
  if (Array.isArray(value)) return value.map((item, index) => substitute(item, options, below(path, index)))
  if (!isMap(value)) return value
  const map: Record<string, unknown> = Object.create(null)
  for (const [key, inner] of Object.entries(value)) map[key] = substitute(inner, options, below(path, key))
  return map
}

function replaced(text: string, { env, report }: SubstituteOptions, path: string): string {
  if (!text.includes('${')) return text
  return text.replace(reference, (whole: string, name: string | undefined, end: string) => {
    if (name === undefined) return '${'
    if (end === '' || !variableName.test(name)) {
      report({
        path,
        message: 'has a ${ that is no ${NAME} (letters, digits and "_"); write $${ for the text itself',
      })
      return whole
    }
    const value = Object.hasOwn(env, name) ? env[name] : undefined
    if (value !== undefined) return value
    report({
      path,
      message: `${whole} is not set in the environment; set it, or write $${whole} for the text itself`,
    })
    return whole
  })
}
