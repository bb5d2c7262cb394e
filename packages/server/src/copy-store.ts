import { isJob, movedJob, type StorePiece, type StoreSource } from '@millrace/storage'
import { isOfProcess } from './replicas/process-cards.ts'
import { isQuestion } from './replicas/peers.ts'
import { openSource, openTarget } from './storage-catalog.ts'

/** What was copied. */
export interface Copied {
  readonly routes: number
  /** Those that wait, are archived, or both. */
  readonly events: number
  readonly deliveries: number
  readonly parkedKeys: number
  readonly archived: number
  readonly failedAttempts: number
  readonly deadLetters: number
  readonly checkpoints: number
  readonly dedupeKeys: number
}

type Counts = { -readonly [Name in keyof Copied]: Copied[Name] }

/**
 * Copies all that a store holds into an empty one; no server may work on either. The first is left as it was.
 * `progress` is told the counts now and then.
 * @throws {UnknownStoreError} {StorageOpenError} which store cannot be used, and why; then nothing has been copied
 */
export async function copyStore(
  from: string,
  to: string,
  progress: (copied: Copied) => void = () => undefined,
): Promise<Copied> {
  const source = await openSource(from)
  try {
    return await fill(source, to, progress)
  } finally {
    await source.close()
  }
}

async function fill(source: StoreSource, to: string, progress: (copied: Copied) => void): Promise<Copied> {
  const target = await openTarget(to)
  const counts: Counts = {
    routes: 0,
    events: 0,
    deliveries: 0,
    parkedKeys: 0,
    archived: 0,
    failedAttempts: 0,
    deadLetters: 0,
    checkpoints: 0,
    dedupeKeys: 0,
  }
  try {
    for await (const pieces of source.pieces()) {
      const kept = pieces.flatMap(moved)
      for (const piece of kept) count(counts, piece)
      if (kept.length > 0) await target.take(kept)
      progress(counts)
    }
    await target.finish()
    return counts
  } finally {
    await target.close()
  }
}

/** Not what processes that ran on the store said to one another, and of jobs those that have not ended. */
function moved(piece: StorePiece): StorePiece[] {
  if (piece.kind !== 'checkpoint') return [piece]
  const { key, value } = piece
  if (isOfProcess(key) || isQuestion(key)) return []
  if (!isJob(key)) return [piece]
  const job = movedJob(key, value)
  return job === undefined ? [] : [{ ...piece, value: job }]
}

function count(counts: Counts, piece: StorePiece): void {
  switch (piece.kind) {
    case 'route':
      counts.routes += 1
      return
    case 'event': {
      const { stored, deliveries, archived, attempts } = piece.event
      if (stored !== undefined) counts.events += 1
      counts.deliveries += deliveries.length
      counts.parkedKeys += deliveries.filter(({ parked }) => parked !== undefined).length
      if (archived !== undefined) counts.archived += 1
      for (const { failed } of attempts) counts.failedAttempts += failed.length
      return
    }
    case 'deadLetter':
      counts.deadLetters += 1
      return
    case 'checkpoint':
      counts.checkpoints += 1
      return
    case 'dedupe':
      counts.dedupeKeys += 1
      return
    case 'singleton':
  }
}
