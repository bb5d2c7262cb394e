import type { FastifyInstance } from 'fastify'
import type { Storage, StorageInfo } from '@millrace/storage'
import { rfc3339 } from './rfc3339.ts'
import type { ReloadReport } from './manifest-control.ts'

export interface ServerRouteOptions {
  readonly version: string
  readonly pid: number
  readonly addresses: () => { readonly ingress: string; readonly admin: string }
  readonly storeUrl: string
  readonly storage: Pick<Storage, 'info' | 'health'>
  readonly report: () => ReloadReport | undefined
}

/** `GET /api/server`: what runs here, on which store, and how the last reading of the manifests went. */
export function serverRoute(app: FastifyInstance, options: ServerRouteOptions): void {
  const { version, pid, addresses, storage, report } = options
  app.get('/api/server', async () => {
    // what can be said is said, of a store that is away too
    const info = await storage.info().catch((): Partial<StorageInfo> => ({}))
    const { durability, bytes, walBytes, freeBytes } = info
    const last = report()
    return {
      version,
      pid,
      ...addresses(),
      store: {
        url: withoutPassword(options.storeUrl),
        durability,
        health: storage.health,
        bytes,
        walBytes,
        freeBytes,
      },
      reload: last === undefined ? undefined : { ...last, at: rfc3339(last.at) },
    }
  })
}

function withoutPassword(url: string): string {
  return url.replace(/^([a-z]+:\/\/)[^/@]*@/i, '$1***@')
}
