import { compileFilter, FilterError } from '@millrace/core'
import type { FilterExpression } from '@millrace/core'
import { validateDelivery } from '../delivery.validation.ts'
import { validateSinkDelivery } from '../sink/sink-delivery.validation.ts'
import { validateDestination, validateReference } from '../destination.validation.ts'
import type { Manifest } from '../kind.ts'
import type { Report } from '../report.ts'
import { isMap, mapAt, textAt } from '../shape.ts'
import { quote } from '../../quote.ts'

/** What the schema of a Trigger cannot say. */
export function validateTrigger({ value, namespace }: Manifest, report: Report): void {
  const spec = mapAt(value, 'spec')
  brokerRule(spec, namespace, report)
  filterRules(spec, report)
  if (isMap(spec['subscriber'])) validateDestination(spec['subscriber'], 'spec.subscriber', report)
  validateDelivery(spec['delivery'], 'spec.delivery', report)
  validateSinkDelivery(value, report)
}

/** Exactly one of `broker` and `brokerRef` (knative.dev/pkg: "expected exactly one"). */
function brokerRule(spec: Readonly<Record<string, unknown>>, namespace: string, report: Report): void {
  const { broker, brokerRef } = spec
  if (broker !== undefined && brokerRef !== undefined) {
    report({ path: 'spec.brokerRef', message: 'expected exactly one, got both: broker, brokerRef' })
  }
  if (broker === undefined && brokerRef === undefined) {
    report({ path: 'spec.broker', message: 'is missing, must be the name of a Broker in the same namespace' })
  }
  if (isMap(brokerRef)) brokerReference(brokerRef, namespace, report)
}

function brokerReference(
  brokerRef: Readonly<Record<string, unknown>>,
  namespace: string,
  report: Report,
): void {
  const { apiVersion, kind } = brokerRef
  if (typeof kind === 'string' && kind !== 'Broker') {
    report({ path: 'spec.brokerRef.kind', message: `is ${quote(kind)}, must be "Broker"` })
  } else if (typeof apiVersion === 'string') {
    validateReference(brokerRef, 'spec.brokerRef', report)
  }
  const other = textAt(brokerRef, 'namespace')
  if (other !== undefined && other !== namespace) {
    const message = `is ${quote(other)}, another namespace, which is not supported; leave it out, or move the trigger there`
    report({ path: 'spec.brokerRef.namespace', message })
  }
}

function filterRules(spec: Readonly<Record<string, unknown>>, report: Report): void {
  const attributes = mapAt(spec, 'filter')['attributes'] as Readonly<Record<string, string>> | undefined
  const filters = spec['filters'] as readonly FilterExpression[] | undefined
  if (Array.isArray(filters) && filters.length > 0 && Object.keys(attributes ?? {}).length > 0) {
    const message = 'has no effect: filters stands beside it and replaces it'
    report({ severity: 'notice', path: 'spec.filter', message })
  }
  // `filters` replaces `attributes`, but what is written must be right even where it is not used.
  for (const part of [{ attributes }, { filters }]) {
    try {
      compileFilter(part)
    } catch (error) {
      if (!(error instanceof FilterError)) throw error
      for (const { path, problem, expected } of error.problems) {
        report({ path: `spec.${path}`, message: `${problem}, expected ${expected}` })
      }
    }
  }
}
