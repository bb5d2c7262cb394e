import type { Checkpoint } from '@millrace/source-sdk'

/** Something that Millrace made at Google: what it is, and its full name. */
export interface Made {
  readonly what: string
  readonly name: string
  /** What else is needed to find it again. */
  readonly of?: string
}

/**
 * What a source has made upstream, remembered over restarts. It is noted down before it is made: after a crash in
 * between it is looked for, and not found.
 */
export class MadeUpstream {
  readonly #checkpoint: Checkpoint

  constructor(checkpoint: Checkpoint) {
    this.#checkpoint = checkpoint
  }

  /** In the order in which it was made. */
  async all(): Promise<readonly Made[]> {
    const bytes = await this.#checkpoint.get('made')
    return bytes === undefined ? [] : (JSON.parse(new TextDecoder().decode(bytes)) as Made[])
  }

  async add(made: Made): Promise<void> {
    const known = await this.all()
    if (!known.some((each) => isSame(each, made))) await this.#write([...known, made])
  }

  async forget(made: Made): Promise<void> {
    const known = await this.all()
    if (known.some((each) => isSame(each, made)))
      await this.#write(known.filter((each) => !isSame(each, made)))
  }

  async #write(all: readonly Made[]): Promise<void> {
    await this.#checkpoint.put(new TextEncoder().encode(JSON.stringify(all)), 'made')
  }
}

function isSame(left: Made, right: Made): boolean {
  return left.what === right.what && left.name === right.name && left.of === right.of
}
