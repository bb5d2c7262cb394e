import { readFile } from 'node:fs/promises'
import { defineCommand } from '../command.ts'
import { exitCode } from '../exit-code.ts'

export const version = defineCommand({
  name: 'version',
  summary: 'Print the version',
  example: 'millrace version',
  options: {},
  async run(_, terminal) {
    const manifest = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
    const { version: number } = JSON.parse(manifest) as { version: string }
    terminal.print(`millrace ${number}`)
    terminal.print(`node ${process.versions.node} ${process.platform}-${process.arch}`)
    return exitCode.done
  },
})
