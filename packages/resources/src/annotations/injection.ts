import type { Manifest } from '../kinds/kind.ts'
import { mapAt, textAt } from '../kinds/shape.ts'
import { quote } from '../quote.ts'
import { oneOf } from './annotation-values.ts'

/** `eventing.knative.dev/injection` holds for the broker named default only (Knative Trigger validation). */
export function injectionProblem(value: string, manifest: Manifest): string | undefined {
  const spec = mapAt(manifest.value, 'spec')
  const broker = textAt(spec, 'broker') ?? textAt(spec['brokerRef'], 'name')
  if (broker !== undefined && broker !== 'default') {
    return `stands beside the broker ${quote(broker)}, must be left out for any broker but "default"`
  }
  return oneOf('enabled', 'disabled')(value)
}
