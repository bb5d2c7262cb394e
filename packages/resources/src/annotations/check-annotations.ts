import type { Kind, Manifest } from '../kinds/kind.ts'
import type { Problem } from '../kinds/report.ts'
import { mapAt } from '../kinds/shape.ts'
import { nearest } from '../nearest.ts'
import type { Annotation } from './annotation.ts'
import { knativeAnnotations } from './knative-annotations.ts'
import { anySink, anySource, millraceAnnotations, PREFIX } from './millrace-annotations.ts'

/** All annotations that are known by name. */
export const annotations: readonly Annotation[] = [...millraceAnnotations, ...knativeAnnotations]

/** Every annotation of a manifest: ours to the letter, Knative's by their rules, others as inert. */
export function checkAnnotations(manifest: Manifest, facets: Facets): Problem[] {
  const all = mapAt(mapAt(manifest.value, 'metadata'), 'annotations')
  return Object.entries(all).flatMap(([name, value]) => {
    if (typeof value !== 'string') return []
    const problem = checkOne(name, value, manifest, facets)
    return problem === undefined ? [] : [{ ...problem, path: `metadata.annotations.${name}` }]
  })
}

/** What a kind is beside itself. */
type Facets = Pick<Kind, 'source' | 'sink'>

function isOn({ on }: Annotation, kind: string, { source, sink }: Facets): boolean {
  if (on.includes(kind)) return true
  return on.includes(anySource) ? source !== undefined : on.includes(anySink) && sink !== undefined
}

type Said = Omit<Problem, 'path'>

function checkOne(name: string, value: string, manifest: Manifest, facets: Facets): Said | undefined {
  const known = annotations.find((annotation) => annotation.name === name)
  if (known === undefined)
    return name.includes('millrace') && name.includes('/') ? unknown(name) : foreign(name)
  if (!isOn(known, manifest.kind, facets)) return misplaced(known, manifest.kind)
  if (known.class === 'later') return { message: 'is not supported by this version yet; leave it out' }
  const problem = known.problem?.(value, manifest)
  if (problem !== undefined) return { message: problem }
  const warning = known.warning?.(value, manifest)
  if (warning !== undefined) return { severity: 'warning', message: warning }
  return known.class === 'inert' ? { severity: 'notice', message: `has no effect: ${known.does}` } : undefined
}

function unknown(name: string): Said {
  const own = name.slice(name.indexOf('/') + 1)
  const names = millraceAnnotations.map((annotation) => annotation.name.slice(PREFIX.length))
  const near = nearest(own, names)
  const meant = near === undefined ? `there are ${names.join(', ')}` : `did you mean "${PREFIX}${near}"?`
  return { message: `unknown annotation, ${meant}` }
}

function misplaced({ name, on }: Annotation, kind: string): Said {
  const where = `on a ${kind}, it belongs on ${on.join(', ')}`
  if (name.startsWith(PREFIX)) return { message: `does nothing ${where}` }
  return { severity: 'notice', message: `has no effect ${where}` }
}

function foreign(name: string): Said {
  const near = nearest(
    name,
    knativeAnnotations.map((annotation) => annotation.name),
  )
  if (near !== undefined && name.includes('knative.dev/')) {
    return { severity: 'warning', message: `unknown annotation, has no effect here, did you mean "${near}"?` }
  }
  return { severity: 'notice', message: 'has no effect: Millrace does not read it' }
}
