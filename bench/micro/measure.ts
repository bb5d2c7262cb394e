/** Nanoseconds for each item of a batch: the median of some rounds, each with a fresh batch. */
export function nanoseconds<T>(
  rounds: number,
  batch: () => readonly T[],
  work: (item: T) => unknown,
): number {
  const results: number[] = []
  for (let round = 0; round < rounds + 2; round++) {
    const items = batch()
    const start = performance.now()
    for (const item of items) kept.result = work(item)
    const elapsed = ((performance.now() - start) * 1e6) / items.length
    if (round >= 2) results.push(elapsed)
  }
  return results.toSorted((left, right) => left - right)[rounds >> 1] ?? Number.NaN
}

/** Results end here, so that no work is left out as useless. */
const kept: { result?: unknown } = {}

/** Rows with columns of one width, numbers to the right. */
export function printTable(title: string, rows: readonly (readonly (string | number)[])[]): void {
  const texts = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? rounded(cell) : cell)))
  const widths = (texts[0] ?? []).map((_, column) =>
    Math.max(...texts.map((row) => row[column]?.length ?? 0)),
  )
  process.stdout.write(`\n${title}\n`)
  for (const row of texts) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    )
    process.stdout.write(`  ${cells.join('  ')}\n`)
  }
}

function rounded(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(1)
}
