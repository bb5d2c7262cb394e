import { defineCommand } from '../command.ts'
import { exitCode } from '../exit-code.ts'
import { configOptions, serverConfig } from '../server-config.ts'
import { startFailure } from '../start-failure.ts'
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
      throw startFailure('serve', error, server)
    })
    process.on('SIGHUP', () => void millrace.reload())
    terminal.print(`ready ingress=${ingress} admin=${admin}`)
    await stopped
    await millrace.stop()
    return exitCode.done
  },
})
