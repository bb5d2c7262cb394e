import { readFile } from 'node:fs/promises'
import { CloudEvent, ValidationError } from 'cloudevents'
import { CommandError, usageError } from './exit-code.ts'
import { readDurationMs } from './option-values.ts'

export interface EventFlags {
  readonly type: string | undefined
  readonly source: string | undefined
  readonly id: string | undefined
  readonly subject: string | undefined
  readonly data: string | undefined
  readonly ext: readonly string[]
  readonly at: string | undefined
  readonly file: string | undefined
}

/** An event of what the file says and what the flags say; the flags win. */
export async function buildEvent(
  flags: EventFlags,
  readInput: () => Promise<string>,
): Promise<CloudEvent<unknown>> {
  const given = flags.file === undefined ? {} : await readEvent(flags.file, readInput)
  const { type, source, id, subject } = flags
  const named = Object.entries({ type, source, id, subject }).filter(([, value]) => value !== undefined)
  const defaults = { type: 'dev.millrace.event', source: '/millrace/send', time: new Date().toISOString() }
  try {
    return new CloudEvent<unknown>({
      ...defaults,
      ...given,
      ...Object.fromEntries(named),
      ...extensions(flags.ext),
      ...(flags.at === undefined ? {} : { notbefore: timeOf(flags.at) }),
      ...(flags.data === undefined ? {} : payload(flags.data)),
    })
  } catch (cause) {
    if (!(cause instanceof ValidationError || cause instanceof TypeError)) throw cause
    throw new CommandError(`this is no CloudEvent: ${cause.message}`, undefined, { cause })
  }
}

async function readEvent(file: string, readInput: () => Promise<string>): Promise<Record<string, unknown>> {
  let text
  try {
    text = file === '-' ? await readInput() : await readFile(file, 'utf8')
  } catch (cause) {
    throw new CommandError(`${file} cannot be read: ${(cause as Error).message}`, undefined, { cause })
  }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch (cause) {
    throw new CommandError(`${file} is not JSON: ${(cause as Error).message}`, undefined, { cause })
  }
  throw new CommandError(
    `${file} is not one event: it has to be a JSON object such as {"type": "…", "data": …}`,
  )
}

function extensions(pairs: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {}
  for (const pair of pairs) {
    const [, name, value] = /^([a-z0-9]+)=(.*)$/s.exec(pair) ?? []
    if (name === undefined || value === undefined) {
      throw usageError(
        `--ext is "${pair}"; it is NAME=VALUE, and a name has lower-case letters and digits only`,
      )
    }
    found[name] = value
  }
  return found
}

function payload(text: string) {
  try {
    return { data: JSON.parse(text) as unknown, datacontenttype: 'application/json' }
  } catch {
    return { data: text, datacontenttype: 'text/plain' }
  }
}

function timeOf(text: string): string {
  const ms = readDurationMs(text)
  const at = ms === undefined ? Date.parse(text) : Date.now() + ms
  if (Number.isNaN(at)) {
    throw usageError(`--at is "${text}"; it is a time such as 2026-12-24T18:00:00Z, or a duration such as 5m`)
  }
  return ms === undefined ? text : new Date(at).toISOString()
}
