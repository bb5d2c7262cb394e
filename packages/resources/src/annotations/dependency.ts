import type { Manifest } from '../kinds/kind.ts'
import { isMap, textAt } from '../kinds/shape.ts'
import { quote } from '../quote.ts'

export const DEPENDENCY = 'knative.dev/dependency'

/** What a trigger waits for (a Kubernetes ObjectReference). */
export interface Dependency {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
}

const example =
  'a JSON object such as {"apiVersion":"eventing.knative.dev/v1","kind":"Broker","name":"orders"}'

/** Knative Trigger validation of the dependency annotation. */
export function dependencyProblem(value: string, { namespace }: Manifest): string | undefined {
  const reference = parsed(value)
  if (!isMap(reference)) return `is ${quote(value)}, must be ${example}`
  const missing = ['apiVersion', 'kind', 'name'].filter((field) => (textAt(reference, field) ?? '') === '')
  if (missing.length > 0) return `lacks ${missing.join(' and ')}, must be ${example}`
  const other = reference['namespace']
  if (other === undefined || other === '' || other === namespace) return undefined
  return `names the namespace ${quote(other)}, must be in ${quote(namespace)} as the trigger is, or leave it out`
}

/** The dependency of an annotation that was found right. */
export function dependencyOf(annotation: string | undefined): Dependency | undefined {
  const reference = annotation === undefined ? undefined : parsed(annotation)
  const [apiVersion, kind, name] = ['apiVersion', 'kind', 'name'].map((field) => textAt(reference, field))
  if (apiVersion === undefined || kind === undefined || name === undefined) return undefined
  return { apiVersion, kind, name }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
