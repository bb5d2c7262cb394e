import { setTimeout as delay } from 'node:timers/promises'
import {
  checkImmutable,
  formatFinding,
  type Compilation,
  type Finding,
  type Manifests,
  type Resource,
} from '@millrace/resources'
import type { Channels } from '../observability/channels.ts'
import type { Worker } from '../worker.ts'
import { ConditionTimes } from './condition-times.ts'
import { fingerprint } from './file-fingerprint.ts'
import { FolderWatches } from './folder-watches.ts'
import { changedResources } from './resource-changes.ts'

/** The manifests that a server was started with do not stand; `findings` says all that is wrong. */
export class ManifestError extends Error {
  readonly findings: readonly Finding[]

  constructor(findings: readonly Finding[]) {
    super(findings.map(formatFinding).join('\n'))
    this.name = 'ManifestError'
    this.findings = findings
  }
}

/** How the last reading of the manifests went. */
export interface ReloadReport {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly ok: boolean
  /** `FILE:LINE: …`, one for each error; what was in force before stays. */
  readonly errors: readonly string[]
}

/** What is in force. */
export interface ManifestState {
  readonly resources: readonly Resource[]
  readonly compilation: Compilation
  readonly report: ReloadReport
}

export interface ManifestControlOptions {
  /** Files and folders; `-` is standard input, which is read once. */
  readonly files: readonly string[]
  readonly read: () => Promise<Manifests>
  readonly compile: (resources: readonly Resource[]) => Compilation
  /** Puts a new topology in force. Called one at a time. */
  readonly apply: (compilation: Compilation, resources: readonly Resource[]) => Promise<void>
  readonly channels: Channels
  readonly log: ManifestLog
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** A change is read when nothing has happened for so long. */
  readonly quietMs?: number
  /** How often files are looked at without a hint from the system. */
  readonly lookMs?: number
}

export interface ManifestLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/**
 * Reads the manifests, compiles them and puts them in force, at the start and whenever they change. A
 * set that does not stand changes nothing: what was in force stays, and the report says why.
 */
export class ManifestControl implements Worker {
  readonly name = 'manifests'
  /** Since when conditions have been as they are. */
  readonly times = new ConditionTimes()
  readonly #options: ManifestControlOptions
  #state: ManifestState | undefined
  /** What the files looked like just before they were last read; undefined: read them again. */
  #seen: string | undefined
  #running: Promise<unknown> = Promise.resolve()
  #waiting: Promise<ReloadReport> | undefined

  constructor(options: ManifestControlOptions) {
    this.#options = options
  }

  /** What is in force; there is nothing before `load`. */
  get state(): ManifestState | undefined {
    return this.#state
  }

  /**
   * The first load, which must stand.
   * @throws {ManifestError}
   */
  async load(): Promise<void> {
    const { files, apply, now } = this.#options
    this.#seen = (await fingerprint(files)).text
    const read = await this.#read()
    if (read.kind === 'errors') throw new ManifestError(read.findings)
    this.#say(read.findings)
    await apply(read.compilation, read.resources)
    this.#enforce(read, { at: now(), ok: true, errors: [] })
  }

  /** Reads all files now (SIGHUP). Requests while one waits to begin share it. */
  reload(): Promise<ReloadReport> {
    this.#waiting ??= this.#afterOthers()
    return this.#waiting
  }

  async #afterOthers(): Promise<ReloadReport> {
    await this.#running
    this.#waiting = undefined
    const run = this.#reload()
    this.#running = run.catch(() => undefined)
    return run
  }

  /** Watches the files and reads them when they change, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { files, log, lookMs = 2_000 } = this.#options
    const watches = new FolderWatches((folder, err) => {
      log.warn({ folder, err }, 'a folder cannot be watched, changes are seen with a delay')
    })
    try {
      while (!signal.aborted) {
        let looked = await fingerprint(files)
        if (watches.follow(looked.folders)) looked = await fingerprint(files)
        if (looked.text === this.#seen) await watches.hint(lookMs, signal)
        else if (await this.#isQuiet(looked.text, signal)) {
          await this.reload()
          if (this.#seen === undefined) await watches.hint(lookMs, signal)
        }
      }
    } finally {
      watches.close()
    }
  }

  /** Whether the files have stopped changing: an editor may save in several steps. */
  async #isQuiet(before: string, signal: AbortSignal): Promise<boolean> {
    const { files, quietMs = 100 } = this.#options
    await delay(quietMs, undefined, { signal }).catch(() => undefined)
    return !signal.aborted && (await fingerprint(files)).text === before
  }

  async #reload(): Promise<ReloadReport> {
    const { files, apply, channels, log, now } = this.#options
    const { text } = await fingerprint(files)
    const read = await this.#read()
    this.#seen = text
    if (read.kind === 'errors') return this.#refuse(read.findings.filter(isError).map(formatFinding))
    const before = this.#state?.resources ?? []
    const forbidden = checkImmutable(before, read.resources)
    if (forbidden.length > 0) return this.#refuse(forbidden.map(formatFinding))
    const changes = changedResources(before, read.resources)
    const report: ReloadReport = { at: now(), ok: true, errors: [] }
    if (changes.length > 0) {
      this.#say(read.findings)
      try {
        await apply(read.compilation, read.resources)
      } catch (err) {
        // not the files' fault (the store is away): they are read again with the next look
        this.#seen = undefined
        return this.#refuse([`the manifests could not be put in force: ${(err as Error).message}`])
      }
    }
    const stood = this.#state?.report.ok ?? true
    this.#enforce(read, report)
    for (const change of changes) channels.resourceChanged.publish(change)
    if (changes.length > 0 || !stood) log.info({ changes: changes.length }, 'the manifests are in force')
    return report
  }

  async #read(): Promise<Reading> {
    const { resources, findings } = await this.#options.read()
    if (findings.some(isError)) return { kind: 'errors', findings }
    const compilation = this.#options.compile(resources)
    const all = [...findings, ...compilation.findings]
    if (all.some(isError)) return { kind: 'errors', findings: all }
    return { kind: 'read', resources, compilation, findings: all }
  }

  #enforce({ resources, compilation }: Read, report: ReloadReport): void {
    this.times.update(compilation.statuses, report.at)
    this.#state = { resources, compilation, report }
  }

  #refuse(errors: readonly string[]): ReloadReport {
    const report: ReloadReport = { at: this.#options.now(), ok: false, errors }
    const known = this.#state?.report.errors
    if (known === undefined || known.join('\n') !== errors.join('\n'))
      this.#options.log.error({ errors }, 'the manifests do not stand, what was in force stays')
    if (this.#state !== undefined) this.#state = { ...this.#state, report }
    return report
  }

  #say(findings: readonly Finding[]): void {
    for (const finding of findings)
      if (finding.severity === 'warning')
        this.#options.log.warn({ finding: formatFinding(finding) }, 'manifest warning')
  }
}

interface Read {
  readonly kind: 'read'
  readonly resources: readonly Resource[]
  readonly compilation: Compilation
  readonly findings: readonly Finding[]
}
type Reading = Read | { readonly kind: 'errors'; readonly findings: readonly Finding[] }

function isError({ severity }: Finding): boolean {
  return severity === 'error'
}
