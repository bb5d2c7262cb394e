import { cliReference } from './cli-reference.ts'
import { settingsReference } from './settings-reference.ts'

/** The pages that are written, not by hand, and what stands in them. */
export const written: Readonly<Record<string, () => string>> = {
  'docs/reference/cli.md': cliReference,
  'docs/reference/settings.md': settingsReference,
}
