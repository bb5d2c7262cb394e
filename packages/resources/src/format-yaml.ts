import { stringify } from 'yaml'

/** A value as a YAML document, such as a resource with its status for `get -o yaml`. */
export function formatYaml(value: unknown): string {
  return stringify(value)
}
