import type * as Server from '@millrace/server'
import { CommandError, exitCode } from './exit-code.ts'

/** Why a server does not start, in words, with the exit code that scripts read. */
export function startFailure(command: string, error: unknown, server: typeof Server): unknown {
  if (!(error instanceof Error)) return error
  const { message } = error
  if (error instanceof server.ManifestError) return new CommandError(message, exitCode.manifest)
  const ofUse = [server.UnknownStoreError, server.OpenAdminError, server.EgressRuleError]
  if (ofUse.some((one) => error instanceof one)) {
    return new CommandError(`millrace ${command}: ${message}`, exitCode.usage)
  }
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number }
  if (code === 'EADDRINUSE') {
    return new CommandError(
      `millrace ${command}: ${address}:${port} is taken by another process; choose a free port with --listen or --admin`,
    )
  }
  if (code === 'EACCES' && port !== undefined) {
    return new CommandError(
      `millrace ${command}: ${address}:${port} may not be listened on by this user; choose a port from 1024`,
    )
  }
  return new CommandError(`millrace ${command}: ${message}`, exitCode.failed, { cause: error })
}
