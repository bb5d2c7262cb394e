import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compile, formatFinding, loadManifests } from '@millrace/resources'
import { kindFinder } from '@millrace/server'
import { describe, expect, test } from 'vitest'
import { pages, root } from './pages.ts'

/** A fenced block of YAML that holds a manifest; `yaml invalid` says that it is refused. */
const fence = /^```yaml( invalid)?\n([^]*?)^```$/gm

const blocks = pages().flatMap((page) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(fence)]
    .filter(([, , yaml = '']) => yaml.includes('apiVersion:'))
    .map(([, invalid, yaml = ''], index) => ({
      page,
      number: index + 1,
      yaml,
      valid: invalid === undefined,
    })),
)

const findSource = kindFinder(root)

describe('manifests in the documentation', () => {
  test.each(blocks.filter(({ valid }) => valid))('$page, block $number, is taken', async ({ yaml }) => {
    expect(await errors(yaml)).toEqual([])
  })

  test.each(blocks.filter(({ valid }) => !valid))('$page, block $number, is refused', async ({ yaml }) => {
    expect(await errors(yaml)).not.toEqual([])
  })
})

async function errors(yaml: string): Promise<string[]> {
  const env = new Proxy({}, { get: () => 'set' })
  const { resources, findings } = await loadManifests(['-'], { env, stdin: async () => yaml, findSource })
  const all = [...findings, ...compile(resources, {}).findings]
  return all.filter(({ severity }) => severity === 'error').map(formatFinding)
}
