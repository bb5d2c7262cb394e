import { defineCommand } from '../command.ts'
import { devOptions } from '../dev/dev-options.ts'

export const dev = defineCommand({
  name: 'dev',
  summary: 'Run a broker to try things with: a sample, or your own manifests, and the story of each event',
  example: 'millrace dev\nmillrace dev -f manifests/ --to http://localhost:3000',
  options: devOptions,
  async run({ flags }, terminal) {
    // what it needs is more than all other commands together
    const { runDev } = await import('../dev/run-dev.ts')
    return runDev(flags, terminal)
  },
})
