import type { Destination } from '@millrace/core'

/** Where a destination leads, for people and without credentials; empty for what stays inside. */
export function shownDestination(destination: Destination | undefined): string {
  switch (destination?.kind) {
    case 'url':
      return destination.url
    case 'sink':
      return destination.address
    default:
      return ''
  }
}
