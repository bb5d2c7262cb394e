import type { Condition } from '../resource.ts'

/** A condition that holds; Knative gives some of those a reason too. */
export function holds(type: string, reason?: string, message?: string): Condition {
  return {
    type,
    status: 'True',
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message }),
  }
}

export function fails(type: string, reason: string, message: string): Condition {
  return { type, status: 'False', reason, message }
}

export function unknown(type: string, reason: string, message: string): Condition {
  return { type, status: 'Unknown', reason, message }
}

/**
 * All conditions of a resource with `Ready`, which carries the first that fails, else the first that is
 * unknown; sorted by type (knative.dev/pkg, living condition set).
 */
export function withReady(conditions: readonly Condition[]): Condition[] {
  const worst =
    conditions.find(({ status }) => status === 'False') ??
    conditions.find(({ status }) => status === 'Unknown')
  const ready = worst === undefined ? holds('Ready') : { ...worst, type: 'Ready' }
  return [...conditions, ready].toSorted((left, right) => (left.type < right.type ? -1 : 1))
}

/** `Ready` among the conditions of a resource. */
export function readyOf(conditions: readonly Condition[]): Condition | undefined {
  return conditions.find(({ type }) => type === 'Ready')
}
