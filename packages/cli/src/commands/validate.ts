import type { Finding } from '@millrace/resources'
import { defineCommand } from '../command.ts'
import { exitCode, usageError } from '../exit-code.ts'
import { filesOption } from '../files-option.ts'
import { findSource } from '../find-source.ts'
import { serviceUrlOption, serviceUrls } from '../service-url-option.ts'

export const validate = defineCommand({
  name: 'validate',
  summary: 'Check manifests without running them',
  words: '[PATH...]',
  maxWords: Infinity,
  example: 'millrace validate -f manifests/\nkubectl get triggers -o yaml | millrace validate -f -',
  options: {
    ...filesOption,
    ...serviceUrlOption,
    strict: { type: 'boolean', help: "warnings fail too, and so do kinds that are not Millrace's" },
  },
  async run({ flags, words }, terminal) {
    const paths = [...flags.files, ...words]
    if (paths.length === 0)
      throw usageError('millrace validate: name a file or a folder, such as -f manifests/')
    const { compile, formatFinding, loadManifests } = await import('@millrace/resources')
    const manifests = await loadManifests(paths, {
      env: terminal.env,
      findSource,
      stdin: () => terminal.readInput(),
      strict: flags.strict,
    })
    const findings = [...manifests.findings]
    if (!findings.some(isError)) findings.push(...compile(manifests.resources, serviceUrls(flags)).findings)
    for (const finding of findings) terminal.print(formatFinding(finding))
    terminal.note(summary(manifests.resources.length, findings))
    return findings.some((finding) => isError(finding) || (flags.strict && finding.severity === 'warning'))
      ? exitCode.manifest
      : exitCode.done
  },
})

function isError({ severity }: Finding): boolean {
  return severity === 'error'
}

function summary(resources: number, findings: readonly Finding[]): string {
  const errors = findings.filter(isError).length
  const warnings = findings.filter(({ severity }) => severity === 'warning').length
  return [count(resources, 'resource'), count(errors, 'error'), count(warnings, 'warning')].join(', ')
}

function count(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? '' : 's'}`
}
