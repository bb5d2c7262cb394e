import type { Finding } from '../finding.ts'
import { lineOf } from '../resource.ts'
import type { Resource } from '../resource.ts'

/** A warning about a resource that stands. */
export function warning(
  resource: Pick<Resource, 'metadata' | 'origin'>,
  path: string,
  message: string,
): Finding {
  const { metadata, origin } = resource
  return {
    severity: 'warning',
    file: origin.file,
    line: lineOf(resource, path),
    name: metadata.name,
    path,
    message,
  }
}
