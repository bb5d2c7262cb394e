import { existsSync } from 'node:fs'

/** What Docker and Podman leave in each container. */
const markers = ['/.dockerenv', '/run/.containerenv']
const isContainer = markers.some((path) => existsSync(path))

/**
 * What to say of a connection that nobody took: whoever runs Millrace in a container and their subscriber
 * beside it on the host writes `localhost`, and means the host. Empty where that cannot be it.
 */
export function refusedHint(origin: string, error: Error, inContainer: boolean = isContainer): string {
  if (!inContainer || !isRefused(error)) return ''
  const { hostname } = new URL(origin)
  if (hostname !== 'localhost' && hostname !== '[::1]' && !hostname.startsWith('127.')) return ''
  return ` (${hostname} is this container: write host.docker.internal for its host, or a service's name)`
}

function isRefused(error: Error): boolean {
  if (error instanceof AggregateError)
    return error.errors.some((each) => each instanceof Error && isRefused(each))
  return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED'
}
