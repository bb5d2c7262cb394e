import type { Addressable, Route } from '@millrace/core'
import { labelText } from './exposition.ts'

/** The labels of everything that is told of a route: its addressable's, and its own name. */
export function routeLabels(
  { addressable: path, name: trigger }: Pick<Route, 'addressable' | 'name'>,
  addressable: Addressable | undefined,
): string {
  const [, namespace = '', name = ''] = path.split('/')
  return labelText({
    namespace: addressable?.namespace ?? namespace,
    // it may have left the manifests, and its orphans stay
    kind: addressable?.kind ?? '',
    name: addressable?.name ?? name,
    trigger,
  })
}
