import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { knownSources } from '@millrace/resources'
import { tempDir } from '@millrace/testkit'
import { describe, expect, onTestFinished, test } from 'vitest'
import { loadSource } from '../../src/sources/load-source.ts'
import { sourceCatalog } from '../../src/sources/source-catalog.ts'
import { SourceFinder } from '../../src/sources/source-finder.ts'

const good = `export const source = {
  contract: 1,
  kind: { kind: 'XSource', plural: 'xsources', apiVersions: ['x.example/v1'], spec: { properties: {} }, conditions: ['Up'] },
  async run() {},
}`

/** A folder with packages installed. */
async function folderWith(
  packages: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Promise<string> {
  const home = await tempDir()
  onTestFinished(() => home[Symbol.asyncDispose]())
  for (const [name, files] of Object.entries(packages)) {
    const folder = join(home.path, 'node_modules', name)
    await mkdir(folder, { recursive: true })
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text)
  }
  return home.path
}

function manifest(fields: object): string {
  return JSON.stringify({ name: '@acme/x', version: '1.0.0', type: 'module', ...fields })
}

describe('a package', () => {
  test.each([
    ['a file', { exports: './source.js' }],
    ['conditions', { exports: { types: './x.d.ts', default: './source.js' } }],
    ['import alone', { exports: { '.': { import: './source.js' }, './other': './other.js' } }],
    ['main', { main: 'source.js' }],
  ])('is found by what its manifest names: %s', async (_, fields) => {
    const folder = await folderWith({ '@acme/x': { 'package.json': manifest(fields), 'source.js': good } })
    expect(await loadSource('@acme/x', folder)).toMatchObject({ kind: 'source', source: { contract: 1 } })
  })

  test('that is not installed is said, with what to do', async () => {
    expect(await loadSource('@acme/x', await folderWith({}))).toEqual({
      kind: 'missing',
      reason: 'PackageNotInstalled',
      message:
        '@acme/x is not installed: run npm install @acme/x in the folder that the server is started in, and start it again',
    })
  })

  test.each([
    [
      'no source',
      'export const x = 1',
      'it must export a `source`, made by defineSource of @millrace/source-sdk',
    ],
    [
      'another contract',
      good.replace('contract: 1', 'contract: 2'),
      'it was made for contract 2 of @millrace/source-sdk, this version has 1',
    ],
    ['nothing to do', good.replace('async run() {},', ''), 'it has neither run nor handle'],
    ['no conditions', good.replace("conditions: ['Up']", ''), 'its kind lacks a name, a spec or conditions'],
  ])('with %s is no source', async (_, text, why) => {
    const files = { 'package.json': manifest({ main: 'source.js' }), 'source.js': text }
    expect(await loadSource('@acme/x', await folderWith({ '@acme/x': files }))).toEqual({
      kind: 'missing',
      reason: 'PackageInvalid',
      message: `@acme/x is no source: ${why}`,
    })
  })

  test('that throws while it is loaded is said with its reason', async () => {
    const files = {
      'package.json': manifest({ main: 'source.js' }),
      'source.js': 'throw new Error("no luck")',
    }
    expect(await loadSource('@acme/x', await folderWith({ '@acme/x': files }))).toEqual({
      kind: 'missing',
      reason: 'PackageFailed',
      message: '@acme/x cannot be loaded: no luck',
    })
  })

  test('that lacks a library of its own is not called missing itself', async () => {
    const files = {
      'package.json': manifest({ main: 'source.js' }),
      'source.js': 'import "nowhere-to-be-found"',
    }
    expect(await loadSource('@acme/x', await folderWith({ '@acme/x': files }))).toMatchObject({
      reason: 'PackageFailed',
    })
  })
})

describe('the finder', () => {
  test('knows our kinds as their packages declare them', async () => {
    expect(Object.keys(sourceCatalog).toSorted()).toEqual(
      knownSources.map((known) => known.package).toSorted(),
    )
    const finder = new SourceFinder('/')
    for (const { kind, plural, shortNames, apiVersions } of knownSources) {
      const [apiVersion] = apiVersions
      const found = await finder.find({ apiVersion, kind, package: undefined })
      expect(found).toMatchObject({ kind, plural, shortNames, apiVersions })
      expect(finder.sourceOf({ apiVersion, kind })?.kind.kind).toBe(kind)
    }
  })

  test('has nothing for kinds of other groups, and no package for a kind that it does not have', async () => {
    const finder = new SourceFinder('/')
    expect(
      await finder.find({ apiVersion: 'apps/v1', kind: 'PingSource', package: undefined }),
    ).toBeUndefined()
    const wanted = { apiVersion: 'x.example/v1', kind: 'XSource', package: '@millrace/source-ping' }
    expect((await finder.find(wanted))?.source?.missing).toEqual({
      reason: 'PackageInvalid',
      message: '@millrace/source-ping has the kind PingSource, not XSource',
    })
    expect(finder.kinds.map(({ plural }) => plural)).toContain('xsources')
  })

  test('keeps a kind of ours apart from one of its name in a package of somebody else’s', async () => {
    const files = {
      'package.json': manifest({ main: 'source.js' }),
      'source.js': good.replace('XSource', 'PingSource'),
    }
    const folder = await folderWith({ '@acme/ping': files })
    const finder = new SourceFinder(folder)
    const ours = { apiVersion: 'sources.knative.dev/v1', kind: 'PingSource', package: undefined }
    const theirs = { apiVersion: 'x.example/v1', kind: 'PingSource', package: '@acme/ping' }
    await finder.find(ours)
    expect((await finder.find(theirs))?.source?.missing).toBeUndefined()
    const [found, other] = [finder.sourceOf(ours), finder.sourceOf(theirs)]
    expect(found?.kind.conditions).toEqual(['Deployed'])
    expect(other?.kind.conditions).not.toEqual(['Deployed'])
  })

  test('looks again for what was not installed', async () => {
    const folder = await folderWith({})
    const finder = new SourceFinder(folder)
    const wanted = { apiVersion: 'x.example/v1', kind: 'XSource', package: '@acme/x' }
    expect((await finder.find(wanted))?.source?.missing?.reason).toBe('PackageNotInstalled')
    const place = join(folder, 'node_modules/@acme/x')
    await mkdir(place, { recursive: true })
    await writeFile(join(place, 'package.json'), manifest({ main: 'source.js' }))
    await writeFile(join(place, 'source.js'), good)
    expect((await finder.find(wanted))?.source?.missing).toBeUndefined()
  })
})
