import type { Addressable, DeliverySpec, Route } from '@millrace/core'
import type { Finding } from '../finding.ts'
import type { ResourceStatus } from '../resource.ts'
import type { Edge } from './loops.ts'
import type { Resolution } from './resolve-destination.ts'

/** What one resource came to. */
export interface Compiled {
  readonly status: ResourceStatus
  readonly findings: readonly Finding[]
  readonly edges: readonly Edge[]
}

/** A flow: the addressables that it is made of, its own first, and the routes of all. */
export interface CompiledFlow extends CompiledReader {
  readonly addressables: readonly Addressable[]
}

/** What those who read an addressable take over from it. */
export interface Inherited {
  readonly delivery: DeliverySpec | undefined
  readonly deadLetterSink: Resolution | undefined
}

/** What reads an addressable: its routes, of every role, beside the rest. */
export interface CompiledReader extends Compiled {
  readonly routes: readonly Route[]
}
