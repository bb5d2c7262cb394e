import type { AddressablePath } from '@millrace/core'
import type { Finding } from '../finding.ts'
import type { DestinationSpec } from '../kinds/destination.schema.ts'
import type { Resource } from '../resource.ts'
import { addressUrl } from './directory.ts'
import type { Directory } from './directory.ts'
import type { Edge } from './loops.ts'
import { resolveDestination } from './resolve-destination.ts'
import type { Resolution } from './resolve-destination.ts'
import { warning } from './warning.ts'

/** Where the events of one resource go on to, and what there is to say about it. */
export class Links {
  readonly findings: Finding[] = []
  readonly edges: Edge[] = []
  readonly #resource: Pick<Resource, 'metadata' | 'origin'>
  readonly #directory: Directory

  constructor(resource: Pick<Resource, 'metadata' | 'origin'>, directory: Directory) {
    this.#resource = resource
    this.#directory = directory
  }

  /** Says it once, however many events go that way. */
  warn(path: string, message: string): void {
    const known = this.findings.some((finding) => finding.path === path && finding.message === message)
    if (!known) this.findings.push(warning(this.#resource, path, message))
  }

  /** Says what has no effect. */
  note(path: string, message: string): void {
    this.findings.push({ ...warning(this.#resource, path, message), severity: 'notice' })
  }

  /** Resolves the Destination at `path`, for events that leave `from`. */
  resolve<Spec extends DestinationSpec | undefined>(
    destination: Spec,
    from: AddressablePath,
    path: string,
  ): Resolution | (Spec & undefined) {
    if (destination === undefined) return undefined as Spec & undefined
    const resolution = resolveDestination(destination, this.#directory)
    if (resolution.kind === 'unresolved') this.warn(`${path}.ref`, resolution.message)
    this.edges.push({ from, to: resolution, resource: this.#resource, path })
    return resolution
  }

  /** Warns where something is to go on from a subscriber that answers nothing. */
  answering(subscriber: Resolution | undefined, reply: Resolution | undefined, path: string): void {
    if (reply === undefined || subscriber?.kind !== 'resolved' || subscriber.destination.kind !== 'sink')
      return
    const message = `nothing goes on from here: what leads to ${subscriber.destination.address} answers with no event; put it last, and leave out the reply`
    this.warn(path, message)
  }

  /** To an addressable that is surely there: the next part of a flow. */
  inside(to: AddressablePath, from: AddressablePath, path: string): Resolution {
    const uri = addressUrl(to, this.#directory)
    const resolution: Resolution = { kind: 'resolved', destination: { kind: 'addressable', path: to }, uri }
    this.edges.push({ from, to: resolution, resource: this.#resource, path })
    return resolution
  }
}
