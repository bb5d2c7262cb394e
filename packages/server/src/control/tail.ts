import type { Writable } from 'node:stream'
import type { Addressable } from '@millrace/core'
import type { Channels } from '../observability/channels.ts'
import type { TailChoice, TailSubject } from './tail-choice.ts'
import {
  acceptedLine,
  attemptLine,
  reasonsOf,
  rejectedLine,
  settledLine,
  unmatchedLine,
  type TailLine,
} from './tail-line.ts'
import { TailReader } from './tail-reader.ts'

interface Reader {
  readonly choice: TailChoice
  readonly output: TailReader
}

export interface TailOptions {
  readonly channels: Channels
  /** Of a part of a flow, the path of the flow. */
  readonly ownerOf: (path: string) => string
  readonly now: () => number
}

/** What happens, as it happens, to any number of readers. Without readers it listens to nothing. */
export class Tail {
  readonly #options: TailOptions
  readonly #readers = new Set<Reader>()
  #ends: (() => void)[] = []

  constructor(options: TailOptions) {
    this.#options = options
  }

  /** Tells a reader what it has chosen until its output closes. */
  follow(output: Writable, choice: TailChoice): void {
    const reader = { choice, output: new TailReader(output, this.#options.now) }
    if (this.#readers.size === 0) this.#listen()
    this.#readers.add(reader)
    output.on('error', () => undefined)
    output.on('close', () => {
      this.#readers.delete(reader)
      if (this.#readers.size === 0) this.#leave()
    })
  }

  /** Ends all readers: the server stops. */
  close(): void {
    for (const { output } of this.#readers) output.end()
    this.#readers.clear()
    this.#leave()
  }

  #leave(): void {
    for (const end of this.#ends.splice(0)) end()
  }

  #listen(): void {
    const { channels, ownerOf, now } = this.#options
    this.#ends = [
      channels.eventAccepted.subscribe((message) => {
        const { addressable, record, matched } = message
        const unmatched = (): Addressable['routes'] =>
          addressable.routes.filter((each) => !matched.includes(each))
        this.#tell({ addressable: owner(addressable), record }, ({ why }) => ({
          ...acceptedLine(message, now()),
          ...(why && matched.length > 0 ? { why: reasonsOf(record, unmatched()) } : {}),
        }))
      }),
      channels.eventUnmatched.subscribe(({ addressable, record }) => {
        this.#tell({ addressable: owner(addressable), record }, ({ why }) =>
          unmatchedLine(addressable, record, why, now()),
        )
      }),
      channels.deliveryAttempted.subscribe((message) => {
        const { route, record } = message
        const addressable = ownerOf(route.addressable)
        this.#tell({ addressable, record, route }, () => attemptLine(message, now()))
      }),
      channels.deliverySettled.subscribe((message) => {
        const { route, record } = message
        const addressable = ownerOf(route.addressable)
        this.#tell({ addressable, record, route }, () => settledLine(message, now()))
      }),
      channels.eventRejected.subscribe((message) => {
        const subject = { addressable: message.path, record: undefined }
        this.#tell(subject, ({ rejected }) => (rejected ? rejectedLine(message, now()) : undefined))
      }),
    ]
  }

  #tell(subject: TailSubject, line: (choice: TailChoice) => TailLine | undefined): void {
    for (const { choice, output } of this.#readers) {
      if (!choice.wants(subject)) continue
      const made = line(choice)
      if (made !== undefined) output.offer(made)
    }
  }
}

function owner({ owner: flow, path }: Addressable): string {
  return flow ?? path
}
