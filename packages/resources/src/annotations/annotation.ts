import type { Manifest } from '../kinds/kind.ts'

/** One annotation that Millrace knows. */
export interface Annotation {
  readonly name: string
  /** Kinds where it means something, those of later versions too. */
  readonly on: readonly string[]
  /** What it does; of an inert one, why it does nothing; of one of a later version, that. */
  readonly does: string
  readonly class: 'enforced' | 'inert' | 'later'
  /** What is wrong with a value, in words that follow the path; none: it is right. */
  readonly problem?: (value: string, manifest: Manifest) => string | undefined
  /** What should be otherwise about a value that is taken, in words that follow the path. */
  readonly warning?: (value: string, manifest: Manifest) => string | undefined
}
