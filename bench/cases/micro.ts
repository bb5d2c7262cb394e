import { codecContest } from '../micro/codec.ts'
import { appendContest } from '../micro/storage.ts'
import type { BenchCase } from './bench-case.ts'

/** Parts by themselves, inside the bench's own process. */
export const parts: readonly BenchCase[] = [
  {
    name: 'codec',
    what: 'an event of 1 KB read from binary mode and written to it again',
    reference: 'the same headers to JSON and back',
    unit: 'CPU µs/event',
    open: codecContest,
  },
  {
    name: 'append',
    what: 'an event into the embedded store, 100 at once, synced, a call for each',
    reference: 'the same rows in bare SQLite',
    unit: 'CPU µs/event',
    open: appendContest,
  },
]
