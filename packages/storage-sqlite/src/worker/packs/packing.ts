import type { AppendItem } from '@millrace/storage'

/** An event that the open transaction appends in a pack. */
export interface Appended {
  readonly event: number
  readonly item: AppendItem
  readonly now: number
}

/** Whether nothing is asked for an event but that it is delivered now, and forgotten then. */
export function fitsInPack({ to, archive }: AppendItem): boolean {
  return (
    archive === undefined &&
    to.length > 0 &&
    to.every(({ due, key }) => key === undefined && due === undefined)
  )
}

/** What the open transaction appends in packs; they are written at its end. */
export class Packing {
  #appended: Appended[] = []

  add(event: number, item: AppendItem, now: number): void {
    this.#appended.push({ event, item, now })
  }

  /** Empties itself. */
  take(): readonly Appended[] {
    const appended = this.#appended
    if (appended.length > 0) this.#appended = []
    return appended
  }
}
