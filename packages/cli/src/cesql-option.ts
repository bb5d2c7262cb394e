import { compileFilter, FilterError, type Filter } from '@millrace/core'
import { usageError } from './exit-code.ts'

/**
 * An expression of CloudEvents SQL from the command line.
 * @throws {CommandError} (exit 2) with the place in the expression
 */
export function compileExpression(cesql: string): Filter {
  try {
    return compileFilter({ filters: [{ cesql }] })
  } catch (cause) {
    if (!(cause instanceof FilterError)) throw cause
    const [{ excerpt } = {}] = cause.problems
    const sentence = `${cause.problem}, expected ${cause.expected}`
    throw usageError(excerpt === undefined ? sentence : `${sentence}\n${excerpt}`)
  }
}
