import { resourceKey, type Resource } from '@millrace/resources'
import type { ResourceChanged } from '../observability/channels.ts'

/** What came, changed and went between two sets. Where a resource stands in its file is no change. */
export function changedResources(before: readonly Resource[], after: readonly Resource[]): ResourceChanged[] {
  const old = new Map(before.map((resource) => [resourceKey(resource), resource]))
  const changes: ResourceChanged[] = []
  for (const resource of after) {
    const known = old.get(resourceKey(resource))
    old.delete(resourceKey(resource))
    if (known === undefined) changes.push(changed(resource, 'added'))
    else if (substance(known) !== substance(resource)) changes.push(changed(resource, 'changed'))
  }
  for (const resource of old.values()) changes.push(changed(resource, 'removed'))
  return changes
}

/** Whether a source's package can be used may change without its manifest. */
function substance({ apiVersion, metadata, spec, source }: Resource): string {
  return JSON.stringify([apiVersion, metadata, spec, source?.missing])
}

function changed({ kind, metadata, origin }: Resource, change: ResourceChanged['change']): ResourceChanged {
  const { namespace, name } = metadata
  return { kind, namespace, name, change, file: origin.file, line: origin.line }
}
