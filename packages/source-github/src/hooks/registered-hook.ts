import type { Checkpoint } from '@millrace/source-sdk'

/** A hook that is registered at GitHub: what is remembered of it over restarts. */
export interface RegisteredHook {
  readonly id: number
  /** Of the API that it was registered with. */
  readonly apiUrl: string
  readonly ownerAndRepository: string
}

export async function rememberedHook(checkpoint: Checkpoint): Promise<RegisteredHook | undefined> {
  const bytes = await checkpoint.get()
  return bytes === undefined ? undefined : (JSON.parse(new TextDecoder().decode(bytes)) as RegisteredHook)
}

export async function rememberHook(checkpoint: Checkpoint, hook: RegisteredHook): Promise<void> {
  await checkpoint.put(new TextEncoder().encode(JSON.stringify(hook)))
}
