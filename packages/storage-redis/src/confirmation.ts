import type { RedisCommand } from './command.ts'
import type { Connection } from './connection.ts'
import { isUnknownCommand, list } from './reply.ts'
import type { Reply } from './reply.ts'

/** Who must have an event, beside the memory of the server, before it is accepted. */
export interface Confirmations {
  /** So many replicas (WAIT). */
  readonly replicas?: number
  /** The append-only file, synced (WAITAOF). */
  readonly sync?: boolean
}

/** What is asked behind everything else in a pipeline that accepts events: once, however many they are. */
export interface Confirmation {
  readonly commands: readonly RedisCommand[]
  /** What is missing, by the replies to the commands. */
  shortfall(replies: readonly Reply[]): string | undefined
}

/** So much of the time after which a connection is taken for broken may be spent on waiting. */
const waitingPart = 0.8

interface Question {
  readonly command: RedisCommand
  readonly missing: (value: unknown) => string | undefined
}

/** `stallMs`: the connection is given up when nothing was answered for so long. */
export function confirmation(wanted: Confirmations, stallMs: number): Confirmation | undefined {
  const { replicas = 0, sync = false } = wanted
  const count = (replicas > 0 ? 1 : 0) + (sync ? 1 : 0)
  if (count === 0) return undefined
  const waitMs = Math.max(1, Math.floor((stallMs * waitingPart) / count))
  const questions: Question[] = []
  if (replicas > 0)
    questions.push({
      command: { name: 'wait', args: [replicas, waitMs] },
      missing: (value) =>
        Number(value) >= replicas
          ? undefined
          : `${Number(value)} of ${replicas} replicas had what was written after ${waitMs} ms`,
    })
  if (sync)
    questions.push({
      command: { name: 'waitaof', args: [1, 0, waitMs] },
      missing: (value) =>
        Number(list(value)[0]) >= 1 ? undefined : `the append-only file was not synced within ${waitMs} ms`,
    })
  return {
    commands: questions.map(({ command }) => command),
    shortfall: (replies) =>
      questions
        .map(({ missing }, n) => {
          const reply = replies[n]
          if (reply?.kind === 'error') return reply.error.message
          return reply?.kind === 'value' ? missing(reply.value) : undefined
        })
        .find((each) => each !== undefined),
  }
}

/**
 * Asks the server whether it can confirm what is wanted, by the commands themselves: their versions say nothing
 * of Valkey, nor of a service that forbids them. → why it cannot
 */
export async function cannotConfirm(
  connection: Connection,
  { replicas = 0, sync = false }: Confirmations,
  version: string,
): Promise<string | undefined> {
  if (replicas > 0) {
    const refused = await refusalOf(connection, { name: 'wait', args: [0, 1] })
    if (refused !== undefined) return `it refuses WAIT, which --redis-wait needs: ${refused.message}`
  }
  if (!sync) return undefined
  const refused = await refusalOf(connection, { name: 'waitaof', args: [1, 0, 1] })
  if (refused === undefined) return undefined
  if (isUnknownCommand(refused))
    return `${version} has no WAITAOF, which --redis-sync needs: it came with Redis 7.2 and Valkey; without it a 202 is synced where the server has appendfsync always`
  if (refused.message.includes('appendonly'))
    return 'it keeps no append-only file, which --redis-sync waits for: set appendonly yes, or leave --redis-sync out'
  return `it refuses WAITAOF, which --redis-sync needs: ${refused.message}`
}

async function refusalOf(connection: Connection, command: RedisCommand): Promise<Error | undefined> {
  const [reply] = await connection.send([command])
  if (reply?.kind === 'lost') throw new Error('the connection to Redis was lost')
  return reply?.kind === 'error' ? reply.error : undefined
}
