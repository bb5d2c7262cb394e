const steps = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
  [1_000, 's'],
] as const

/** How long ago a time was, in its two largest units: `3m12s`. Empty where there is none. */
export function age(time: string | undefined, nowMs: number): string {
  if (time === undefined) return ''
  let restMs = Math.max(0, nowMs - Date.parse(time))
  const parts: string[] = []
  for (const [unitMs, unit] of steps) {
    const n = Math.floor(restMs / unitMs)
    restMs -= n * unitMs
    if (n > 0 || parts.length > 0 || unit === 's') parts.push(`${n}${unit}`)
  }
  return parts.slice(0, 2).join('')
}
