import type { Finding } from '../finding.ts'
import { ourKinds } from '../kinds/identify.ts'
import type { OtherKind } from './read-manifest.ts'

/** What is said of kinds that are not Millrace's: one line for all, or with `strict` an error for each. */
export function otherKinds(others: readonly OtherKind[], strict: boolean): Finding[] {
  if (strict) return others.map(refusal)
  const [first] = others
  if (first === undefined) return []
  const counts = new Map<string, number>()
  for (const { kind, apiVersion } of others) {
    const words = `${kind} (${apiVersion})`
    counts.set(words, (counts.get(words) ?? 0) + 1)
  }
  const names = [...counts].map(([words, count]) => (count === 1 ? words : `${count} ${words}`))
  return [
    { ...refusal(first), severity: 'notice', message: `skipped, not for Millrace: ${names.join(', ')}` },
  ]
}

function refusal({ apiVersion, kind, name, origin }: OtherKind): Finding {
  const { file } = origin
  const line = origin.lineAt?.('kind') ?? origin.line
  const message = `${kind} (${apiVersion}) is not for Millrace, which has ${ourKinds()}; leave it out, or do without --strict`
  return { severity: 'error', file, line, name, path: 'kind', message }
}
