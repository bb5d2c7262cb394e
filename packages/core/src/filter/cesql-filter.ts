import { compileTree } from './cesql/compile.ts'
import { cesqlNeeds } from './cesql/conditions.ts'
import { Evaluation } from './cesql/evaluation.ts'
import { explainCesql } from './cesql/explain.ts'
import { parseCesql } from './cesql/parser.ts'
import { printCesql } from './cesql/printer.ts'
import type { Filter } from './filter.ts'

/**
 * The dialect `cesql`: an event passes when the expression is the Boolean true and there was no error
 * (CESQL 1.2).
 * @throws {CesqlSyntaxError} where it is no expression.
 */
export function cesql(expression: string): Filter {
  const tree = parseCesql(expression)
  const evaluate = compileTree(tree)
  return {
    matches(attributes) {
      const evaluation = new Evaluation(attributes)
      return evaluate(evaluation) === true && !evaluation.failed
    },
    explain: (attributes) => explainCesql(tree, attributes),
    text: `cesql ${printCesql(tree)}`,
    needs: cesqlNeeds(tree),
  }
}
