/** What is left for everything but deliveries and producers: the store, the admin port, manifests, modules. */
const keptFiles = 256
const least = 16
const most = 2_000
const mostConnections = 20_000

/**
 * The cap of attempts under way: half of the files that the process may open beyond its own needs, as each
 * attempt holds a connection and ingress needs as many.
 */
export function defaultMaxInFlight(openFiles: number): number {
  return Math.max(least, Math.min(most, Math.floor((openFiles - keptFiles) / 2)))
}

/**
 * The cap of connections at ingress: what is left beside the attempts under way. Without it a flood of
 * connections would take the files that deliveries, the store and the admin port need.
 */
export function connectionCap(openFiles: number, maxInFlight: number): number {
  return Math.max(least, Math.min(mostConnections, openFiles - keptFiles - maxInFlight))
}

/** The process's soft limit of open files. */
export function openFileLimit(): number {
  // else it looks up the names of all connected peers
  Object.assign(process.report, { excludeNetwork: true })
  const report: unknown = process.report.getReport()
  const { userLimits } = report as { userLimits?: { open_files?: { soft?: number | string } } }
  const soft = Number(userLimits?.open_files?.soft)
  // `unlimited`, and systems that say nothing
  return Number.isFinite(soft) && soft > 0 ? soft : 1_000_000
}
