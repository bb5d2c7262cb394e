import { resourceKey, type Condition, type Resource, type ResourceStatus } from '@millrace/resources'
import { rfc3339 } from './rfc3339.ts'

interface Known {
  readonly status: Condition['status']
  readonly since: string
}

/** Since when each condition has had its status, over reloads (`lastTransitionTime`). */
export class ConditionTimes {
  #known = new Map<string, Known>()

  /** Takes note of a new set; what went is forgotten. */
  update(statuses: ReadonlyMap<string, ResourceStatus>, nowMs: number): void {
    const next = new Map<string, Known>()
    for (const [resource, { conditions }] of statuses)
      for (const { type, status } of conditions) {
        const id = `${resource} ${type}`
        const known = this.#known.get(id)
        next.set(id, known?.status === status ? known : { status, since: rfc3339(nowMs) })
      }
    this.#known = next
  }

  /** The conditions with their times; what has its own keeps it. */
  of(resource: Pick<Resource, 'kind' | 'metadata'>, conditions: readonly Condition[]): Condition[] {
    return conditions.map((condition) => {
      const known = this.#known.get(`${resourceKey(resource)} ${condition.type}`)
      return known === undefined || condition.lastTransitionTime !== undefined
        ? condition
        : { ...condition, lastTransitionTime: known.since }
    })
  }
}
