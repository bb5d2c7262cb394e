import { uuidOf, type Named } from '@millrace/source-sdk'

/** What Millrace makes at Google for a source is called so. */
export function ownName({ namespace, name }: Named): string {
  return `millrace-${namespace}-${name}`
}

/** Tells what was made for a source from what merely has the same name. */
export function ownLabels(named: Named): Record<string, string> {
  return { millrace: labelOf(named) }
}

/** Whether something is a source's own, by its labels; what has none of ours was made by somebody else. */
export function isOwn(labels: Readonly<Record<string, string>> | null | undefined, named: Named): boolean {
  return labels?.['millrace'] === labelOf(named)
}

function labelOf({ namespace, name }: Named): string {
  return uuidOf('pubsub', namespace, name)
}
