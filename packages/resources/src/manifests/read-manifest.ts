import { checkSchema } from '../checks/schema-check.ts'
import type { Finding } from '../finding.ts'
import type { Kind, Manifest } from '../kinds/kind.ts'
import { kindOf } from '../kinds/registry.ts'
import type { Problem } from '../kinds/report.ts'
import { isMap, mapAt, textAt } from '../kinds/shape.ts'
import { quote } from '../quote.ts'
import type { Resource } from '../resource.ts'
import type { RawManifest } from './read-documents.ts'

/** What one manifest came to: a resource where it has no error. */
export interface ReadManifest {
  readonly resource?: Resource
  readonly findings: readonly Finding[]
}

/** Checks one manifest against its kind: schema, rules, defaults. */
export function readManifest(raw: RawManifest): ReadManifest {
  const { value, origin } = raw
  const name = textAt(mapAt(value, 'metadata'), 'name') ?? ''
  const problems: Problem[] = []
  const findings = () =>
    problems.map(({ severity = 'error', path, message }): Finding => ({
      severity,
      file: origin.file,
      line: origin.lineAt(path),
      name,
      path,
      message,
    }))

  if (!isMap(value)) {
    problems.push({
      path: '',
      message: `is ${quote(value)}, must be a map with apiVersion, kind, metadata and spec`,
    })
    return { findings: findings() }
  }
  const apiVersion = textAt(value, 'apiVersion')
  const kindName = textAt(value, 'kind')
  const kind = apiVersion === undefined || kindName === undefined ? undefined : kindOf(apiVersion, kindName)
  if (apiVersion === undefined || kindName === undefined || kind === undefined) {
    problems.push({ path: 'kind', message: 'unknown kind' })
    return { findings: findings() }
  }
  const namespace = textAt(mapAt(value, 'metadata'), 'namespace') ?? 'default'
  const manifest: Manifest = { apiVersion, kind: kindName, name, namespace, value }
  check(kind, manifest, problems)
  if (problems.some(({ severity = 'error' }) => severity === 'error')) return { findings: findings() }
  return { resource: resourceOf(kind, manifest, raw), findings: findings() }
}

function check(kind: Kind, manifest: Manifest, problems: Problem[]): void {
  problems.push(...checkSchema(kind, manifest.value))
  const taken = new Set(problems.map(({ path }) => path))
  kind.validate(manifest, (problem) => {
    if (!taken.has(problem.path)) problems.push(problem)
  })
}

function resourceOf(kind: Kind, manifest: Manifest, { origin }: RawManifest): Resource {
  const { spec, annotations } = kind.withDefaults(manifest)
  const metadata = mapAt(manifest.value, 'metadata')
  return {
    apiVersion: manifest.apiVersion,
    kind: manifest.kind,
    metadata: {
      namespace: manifest.namespace,
      name: manifest.name,
      annotations: { ...annotations, ...texts(mapAt(metadata, 'annotations')) },
      labels: texts(mapAt(metadata, 'labels')),
    },
    spec: spec as Readonly<Record<string, unknown>>,
    origin,
  }
}

function texts(map: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, String(value)]))
}
