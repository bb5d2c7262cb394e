import { assertKnownRoute } from '../known-routes.ts'
import type { RegisteredRoute, RouteNumber, RouteRegistry } from '../storage.ts'
import type { MemoryHandle } from './memory-handle.ts'

export function memoryRoutes(handle: MemoryHandle): RouteRegistry {
  const { image } = handle

  function register(ids: readonly string[]): ReadonlyMap<string, RouteNumber> {
    const now = handle.now()
    const declared = new Map<string, RouteNumber>()
    for (const id of ids) {
      const known = image.routes.get(id) ?? { route: image.routes.size + 1, orphanedSince: undefined }
      known.orphanedSince = undefined
      image.routes.set(id, known)
      declared.set(id, known.route)
    }
    for (const [id, known] of image.routes) {
      if (!declared.has(id)) known.orphanedSince ??= now
      image.known.add(known.route)
      if (known.orphanedSince === undefined) image.orphans.delete(known.route)
      else image.orphans.add(known.route)
    }
    return declared
  }

  function list(): RegisteredRoute[] {
    return [...image.routes].map(([id, { route, orphanedSince }]) => ({ route, id, orphanedSince }))
  }

  function redirect(from: RouteNumber, to: RouteNumber, most?: number): number {
    if (from === to) return 0
    assertKnownRoute(to, image.known)
    const moved = handle.idle(from).slice(0, most)
    for (const delivery of moved) {
      const { event, key, due } = delivery
      const twin = image.addDelivery(event, { route: to, key, due })
      if (twin.attempts === 0)
        Object.assign(twin, { attempts: delivery.attempts, firstAttempt: delivery.firstAttempt })
      image.removeDelivery(delivery)
    }
    if (moved.length > 0) handle.wake([to])
    return moved.length
  }

  return {
    register: (ids) => handle.commit(() => register(ids)),
    list: () => handle.commit(list),
    drop: (route, most) => handle.commit(() => handle.dropIdle(route, most)),
    redirect: (from, to, most) => handle.commit(() => redirect(from, to, most)),
  }
}
