import type { Finding } from '../finding.ts'

/** Of notices that say the same of the same field, the first, with how many more there are. */
export function oneNoticeEach(findings: readonly Finding[]): Finding[] {
  const counts = new Map<string, number>()
  for (const finding of findings) counts.set(keyOf(finding), (counts.get(keyOf(finding)) ?? 0) + 1)
  const said = new Set<string>()
  return findings.flatMap((finding) => {
    const key = keyOf(finding)
    if (finding.severity !== 'notice') return [finding]
    if (said.has(key)) return []
    said.add(key)
    const more = (counts.get(key) ?? 1) - 1
    return more === 0 ? [finding] : [{ ...finding, message: `${finding.message} (and in ${more} more)` }]
  })
}

function keyOf({ severity, path, message }: Finding): string {
  return [severity, path.replaceAll(/\[\d+\]/g, '[]'), message].join('\n')
}
