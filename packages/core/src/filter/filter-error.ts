/** One thing wrong in a filter. */
export interface FilterProblem {
  /** Where, below the trigger's spec: `filters[0].any[1].exact.type`. */
  readonly path: string
  /** What is wrong, such as `is empty`. */
  readonly problem: string
  /** What would be right, such as `at least one attribute`. */
  readonly expected: string
  /** Of a CESQL expression: the line that is wrong and, below it, a caret. */
  readonly excerpt?: string
}

/** A filter that does not compile. It carries its first problem, and all of them in `problems`. */
export class FilterError extends Error implements FilterProblem {
  readonly code = 'invalid-filter'
  readonly path: string
  readonly problem: string
  readonly expected: string
  readonly problems: readonly FilterProblem[]

  constructor(problems: readonly [FilterProblem, ...FilterProblem[]]) {
    const [{ path, problem, expected }] = problems
    super(`${path}: ${problem}, expected ${expected}`)
    this.name = 'FilterError'
    this.path = path
    this.problem = problem
    this.expected = expected
    this.problems = problems
  }
}
