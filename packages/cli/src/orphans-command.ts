import { AdminClient, serverOptions } from './admin-client.ts'
import { exitCode, type ExitCode } from './exit-code.ts'
import { follow, type Job } from './jobs.ts'
import type { Terminal } from './terminal.ts'

/** The flags of the commands that begin a job about orphans. */
export const orphansOptions = {
  ...serverOptions,
  detach: { type: 'boolean', help: "print the job's id and return at once" },
} as const

/** Begins such a job and follows it to its end. */
export async function orphansJob(
  flags: ConstructorParameters<typeof AdminClient>[0] & { readonly detach: boolean },
  body: { readonly kind: 'drop-orphans' | 'redirect-orphans'; readonly orphan: string; readonly to?: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const admin = new AdminClient(flags)
  const job = await admin.post<Job>('/api/jobs', body)
  if (flags.detach) {
    terminal.print(job.id)
    return exitCode.done
  }
  const verb = body.kind === 'drop-orphans' ? 'dropped' : 'redirected'
  const line = ({ done, total = done }: Job): string => `${verb} ${done} of ${total}`
  const ended = await follow(admin, job, terminal, line)
  terminal.print(line(ended))
  return exitCode.done
}
