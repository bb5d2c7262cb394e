import { setTimeout as delay } from 'node:timers/promises'
import { AdminClient, serverOptions } from '../admin-client.ts'
import { defineCommand } from '../command.ts'
import { chooseOptions, sinceTime, type Choice } from '../dead-letters.ts'
import { exitCode, usageError, type ExitCode } from '../exit-code.ts'
import { follow, type Job } from '../jobs.ts'
import { count } from '../option-values.ts'
import type { Terminal } from '../terminal.ts'

interface Redriven {
  readonly redriven: readonly string[]
  readonly skipped: readonly { readonly id: string; readonly reason: string }[]
}

const chunkSize = 100

export const dlqRedrive = defineCommand({
  name: 'dlq redrive',
  summary: 'Deliver dead letters again: those named, else those chosen, else all',
  words: '[ID...]',
  maxWords: Infinity,
  example: 'millrace dlq redrive --trigger orders --rate 50',
  options: {
    ...serverOptions,
    ...chooseOptions,
    rate: {
      type: 'string',
      value: 'N',
      help: 'at most so many a second; as fast as the server takes them where unset',
    },
    all: {
      type: 'boolean',
      help: "all of them; where no terminal shows how far it is, prints the job's id and returns at once",
    },
    detach: { type: 'boolean', help: "print the job's id and return at once" },
  },
  async run({ flags, words }, terminal) {
    const perSecond = flags.rate === undefined ? undefined : count('--rate', flags.rate.replace(/\/s$/, ''))
    const { trigger, type, since, limit, all, detach } = flags
    if (all && [trigger, type, since, limit, words[0]].some((choice) => choice !== undefined))
      throw usageError('millrace dlq redrive: --all is all of them; leave it out, or what chooses')
    if (words.length > 0 && detach)
      throw usageError('millrace dlq redrive: --detach is for a job, and ids are redriven one by one')
    const admin = new AdminClient(flags)
    if (words.length > 0) return redriveNamed(admin, words, perSecond ?? Infinity, terminal)
    const job = await admin.post<Job>('/api/jobs', { kind: 'redrive', ...chosenBy(flags), rate: perSecond })
    if (detach || (all && !terminal.isLive)) {
      terminal.print(job.id)
      return exitCode.done
    }
    const ended = await follow(admin, job, terminal, line)
    for (const { id, reason } of ended.skips ?? []) terminal.note(`skipped ${id}: ${reason}`)
    return report(terminal, line(ended), ended.skipped ?? 0)
  },
})

function chosenBy({ trigger, type, since, limit }: Choice): object {
  return {
    trigger,
    type,
    since: sinceTime(since),
    limit: limit === undefined ? undefined : count('--limit', limit),
  }
}

function line({ done, skipped = 0, total = done + skipped }: Job): string {
  return `redriven ${done} of ${total}`
}

function report(terminal: Terminal, redriven: string, skipped: number): ExitCode {
  terminal.print(`${redriven}${skipped === 0 ? '' : `, skipped ${skipped}`}`)
  return skipped === 0 ? exitCode.done : exitCode.failed
}

async function redriveNamed(
  admin: AdminClient,
  ids: readonly string[],
  perSecond: number,
  terminal: Terminal,
): Promise<ExitCode> {
  let redriven = 0
  let skipped = 0
  for (const chunk of chunks(ids, Math.min(chunkSize, perSecond))) {
    const started = performance.now()
    const answer = await admin.post<Redriven>('/api/deadletters/redrive', { ids: chunk })
    redriven += answer.redriven.length
    skipped += answer.skipped.length
    for (const { id, reason } of answer.skipped) terminal.note(`skipped ${id}: ${reason}`)
    terminal.progress(`redriven ${redriven} of ${ids.length}`)
    const dueMs = started + (chunk.length / perSecond) * 1_000
    if (redriven + skipped < ids.length) await delay(Math.max(0, dueMs - performance.now()))
  }
  return report(terminal, `redriven ${redriven} of ${ids.length}`, skipped)
}

function* chunks(ids: readonly string[], size: number): Generator<readonly string[]> {
  for (let from = 0; from < ids.length; from += size) yield ids.slice(from, from + size)
}
