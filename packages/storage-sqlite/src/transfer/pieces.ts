import type { StorePiece } from '@millrace/storage'

const mostPieces = 500
const mostBytes = 1024 * 1024

/** Puts pieces together: so many, or so many bytes, at a time. */
export function* inBatches(pieces: Iterable<StorePiece>): Generator<readonly StorePiece[]> {
  let batch: StorePiece[] = []
  let bytes = 0
  for (const piece of pieces) {
    batch.push(piece)
    bytes += sizeOf(piece)
    if (batch.length < mostPieces && bytes < mostBytes) continue
    yield batch
    batch = []
    bytes = 0
  }
  if (batch.length > 0) yield batch
}

function sizeOf(piece: StorePiece): number {
  if (piece.kind === 'event') return piece.event.stored?.record.length ?? 0
  return piece.kind === 'deadLetter' ? piece.record.length : 0
}
