import { DEPENDENCY, dependencyOf } from '../annotations/dependency.ts'
import { holds, fails, readyOf } from '../kinds/conditions.ts'
import { resourceKey } from '../resource.ts'
import type { Condition, Resource, ResourceStatus } from '../resource.ts'
import { notFound } from './resolve-destination.ts'

/**
 * `DependencyReady` of triggers (annotation `knative.dev/dependency`): the resource is there, and Ready
 * where it has conditions that are known by then.
 */
export function dependencyCondition(
  resources: readonly Resource[],
  statuses: ReadonlyMap<string, ResourceStatus>,
): (resource: Pick<Resource, 'metadata'>) => Condition {
  const keys = new Set(resources.map(resourceKey))
  return ({ metadata }) => {
    const dependency = dependencyOf(metadata.annotations[DEPENDENCY])
    const type = 'DependencyReady'
    if (dependency === undefined) return holds(type)
    const key = resourceKey({ kind: dependency.kind, metadata: { ...metadata, name: dependency.name } })
    if (!keys.has(key)) {
      const message = `Dependency does not exist: ${notFound(dependency)}declare it in namespace ${metadata.namespace}`
      return fails(type, 'DependencyDoesNotExist', message)
    }
    const ready = readyOf(statuses.get(key)?.conditions ?? [])
    return ready === undefined || ready.status === 'True' ? holds(type) : { ...ready, type }
  }
}
