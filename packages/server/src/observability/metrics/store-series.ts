import type { StorageInfo } from '@millrace/storage'
import type { Channels } from '../channels.ts'
import { sample, type Family } from './exposition.ts'
import { Histogram } from './histogram.ts'

/** How the store does. */
export class StoreSeries {
  readonly #commits = new Histogram()

  /** The returned function ends it. */
  follow(channels: Channels): () => void {
    return channels.storeCommitted.subscribe(({ ms }) => this.#commits.observe(ms / 1_000))
  }

  families({ bytes, walBytes, freeBytes }: Partial<StorageInfo>): Family[] {
    const commits = 'millrace_store_commit_duration_seconds'
    return [
      {
        name: commits,
        type: 'histogram',
        help: 'From handing events to the store until it has them for good.',
        samples: () => this.#commits.samples(commits, ''),
      },
      size('millrace_store_bytes', 'What the store takes.', bytes),
      size('millrace_store_wal_bytes', 'What the write-ahead log takes.', walBytes),
      size('millrace_store_free_bytes', 'Free space on the disk of the store.', freeBytes),
    ]
  }
}

function size(name: string, help: string, bytes: number | undefined): Family {
  return {
    name,
    type: 'gauge',
    help,
    samples: () => (bytes === undefined ? [] : [sample(name, '', bytes)]),
  }
}
