import type * as Server from '@millrace/server'
import { defineCommand } from '../command.ts'
import { CommandError, exitCode } from '../exit-code.ts'
import { configOptions, serverConfig } from '../server-config.ts'
import { stopSignal } from '../stop-signals.ts'

export const serve = defineCommand({
  name: 'serve',
  summary: 'Run the broker',
  example: 'millrace serve -f manifests/ --store sqlite:./data',
  options: configOptions,
  async run({ flags }, terminal) {
    const config = serverConfig(flags, terminal)
    const server = await import('@millrace/server')
    const stopped = stopSignal(process)
    const millrace = server.createServer(config)
    const { ingress, admin } = await millrace.start().catch((error: unknown) => {
      throw startFailure(error, server)
    })
    process.on('SIGHUP', () => void millrace.reload())
    terminal.print(`ready ingress=${ingress} admin=${admin}`)
    await stopped
    await millrace.stop()
    return exitCode.done
  },
})

/** Why a server does not start, in words, with the exit code that scripts read. */
function startFailure(error: unknown, server: typeof Server): unknown {
  if (!(error instanceof Error)) return error
  const { message } = error
  if (error instanceof server.ManifestError) return new CommandError(message, exitCode.manifest)
  const ofUse = [server.UnknownStoreError, server.OpenAdminError, server.EgressRuleError]
  if (ofUse.some((one) => error instanceof one)) {
    return new CommandError(`millrace serve: ${message}`, exitCode.usage)
  }
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number }
  if (code === 'EADDRINUSE') {
    return new CommandError(
      `millrace serve: ${address}:${port} is taken by another process; choose a free port with --listen or --admin`,
    )
  }
  if (code === 'EACCES' && port !== undefined) {
    return new CommandError(
      `millrace serve: ${address}:${port} may not be listened on by this user; choose a port from 1024`,
    )
  }
  return new CommandError(`millrace serve: ${message}`, exitCode.failed, { cause: error })
}
