import type { Opening } from '../wire.ts'

/** Why a store cannot be opened; the message is for the person who starts the server. */
export class OpenFailure extends Error {
  readonly code: Extract<Opening, { kind: 'failed' }>['code']

  constructor(code: OpenFailure['code'], message: string) {
    super(message)
    this.code = code
  }
}
