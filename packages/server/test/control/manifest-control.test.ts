import { mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compile, loadManifests, type Compilation } from '@millrace/resources'
import { eventually, latch, tempDir } from '@millrace/testkit'
import { ManifestControl, ManifestError } from '../../src/control/manifest-control.ts'
import { readOnce } from '../../src/control/read-once.ts'
import { createChannels, type ResourceChanged } from '../../src/observability/channels.ts'
import { brokerWith } from '../topology-of.ts'

interface Options {
  readonly files: readonly string[]
  readonly stdin?: () => Promise<string>
  readonly apply?: (compilation: Compilation) => Promise<void>
  readonly lookMs?: number
}

interface TestControl extends AsyncDisposable {
  readonly control: ManifestControl
  /** The names of the triggers of each topology that was put in force. */
  readonly applied: string[][]
  readonly errors: object[]
  readonly warnings: object[]
  /** Starts to watch. */
  watch(): void
}

const channels = createChannels()

function controlOf({ files, stdin, apply, lookMs = 60_000 }: Options): TestControl {
  const applied: string[][] = []
  const errors: object[] = []
  const warnings: object[] = []
  const stop = new AbortController()
  let running: Promise<void> = Promise.resolve()
  const control = new ManifestControl({
    files,
    read: () => loadManifests(files, { env: {}, ...(stdin === undefined ? {} : { stdin }) }),
    compile: (resources) => compile(resources),
    apply: async (compilation) => {
      await apply?.(compilation)
      applied.push([...compilation.topology.routes.values()].map(({ name }) => name))
    },
    channels,
    log: {
      info: () => undefined,
      warn: (fields) => void warnings.push(fields),
      error: (fields) => void errors.push(fields),
    },
    now: () => 1_000,
    quietMs: 20,
    lookMs,
  })
  return {
    control,
    applied,
    errors,
    warnings,
    watch: () => {
      running = control.run(stop.signal)
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
    },
  }
}

const broken = 'apiVersion: eventing.knative.dev/v1\nkind: Trigger\nmetadata: {name: t}\nspec: {brokr: x}\n'

describe('the first load', () => {
  test('puts the manifests in force', async () => {
    await using folder = await tempDir()
    await writeFile(join(folder.path, 'a.yaml'), brokerWith('shop', ['first']))
    const { control, applied } = controlOf({ files: [folder.path] })
    await control.load()
    expect(applied).toEqual([['first']])
    expect(control.state).toMatchObject({ report: { at: 1_000, ok: true, errors: [] } })
    expect(control.state?.resources).toHaveLength(2)
  })

  test('of manifests that do not stand fails with all findings, file and line, and applies nothing', async () => {
    await using folder = await tempDir()
    for (const name of ['a.yaml', 'b.yaml']) await writeFile(join(folder.path, name), broken)
    const { control, applied } = controlOf({ files: [folder.path] })
    const error = await control.load().then(
      () => expect.fail('it stood'),
      (err: unknown) => err,
    )
    expect(error).toBeInstanceOf(ManifestError)
    const { findings, message } = error as ManifestError
    expect(new Set(findings.map(({ file }) => file))).toEqual(
      new Set(['a.yaml', 'b.yaml'].map((name) => join(folder.path, name))),
    )
    expect(message).toMatch(/b\.yaml:4: .*brokr/)
    expect(applied).toEqual([])
  })

  test('of a path that is not there fails and names it', async () => {
    const { control } = controlOf({ files: ['/nowhere/at/all.yaml'] })
    await expect(control.load()).rejects.toThrow('/nowhere/at/all.yaml')
  })

  test('logs warnings and goes on', async () => {
    await using folder = await tempDir()
    const [, trigger = ''] = brokerWith('shop', ['lonely']).split('---\n')
    await writeFile(join(folder.path, 'a.yaml'), trigger)
    const { control, warnings } = controlOf({ files: [folder.path] })
    await control.load()
    expect(JSON.stringify(warnings)).toContain('lonely')
  })
})

describe('a reload', () => {
  test('puts what changed in force and says what it was', async () => {
    await using folder = await tempDir()
    const file = join(folder.path, 'a.yaml')
    await writeFile(file, brokerWith('reload', ['stays', 'goes']))
    const { control, applied } = controlOf({ files: [file] })
    await control.load()
    const changes: ResourceChanged[] = []
    const end = channels.resourceChanged.subscribe((change) => changes.push(change))
    const changed = brokerWith('reload', ['stays', 'comes']).replace('9/stays', '9/elsewhere')
    await writeFile(file, changed)
    expect(await control.reload()).toEqual({ at: 1_000, ok: true, errors: [] })
    end()
    expect(applied).toEqual([
      ['stays', 'goes'],
      ['stays', 'comes'],
    ])
    expect(changes.map(({ name, change }) => [name, change])).toEqual([
      ['stays', 'changed'],
      ['comes', 'added'],
      ['goes', 'removed'],
    ])
  })

  test('of what has not changed puts nothing in force', async () => {
    await using folder = await tempDir()
    const file = join(folder.path, 'a.yaml')
    await writeFile(file, brokerWith('shop', ['first']))
    const { control, applied } = controlOf({ files: [file] })
    await control.load()
    await writeFile(file, `# a comment\n${brokerWith('shop', ['first'])}`)
    expect(await control.reload()).toMatchObject({ ok: true })
    expect(applied).toHaveLength(1)
    expect(control.state?.resources[0]?.origin.line).toBe(2)
  })

  test('that does not stand leaves what was in force, with file and line in the report and once in the log', async () => {
    await using folder = await tempDir()
    const file = join(folder.path, 'a.yaml')
    await writeFile(file, brokerWith('shop', ['first']))
    const { control, applied, errors } = controlOf({ files: [file] })
    await control.load()
    await writeFile(file, broken)
    const report = await control.reload()
    await control.reload()
    expect(report).toMatchObject({
      ok: false,
      errors: expect.arrayContaining([expect.stringMatching(/a\.yaml:4: t: spec\.brokr: /)]),
    })
    expect(control.state?.report).toEqual(report)
    expect(control.state?.resources).toHaveLength(2)
    expect(applied).toHaveLength(1)
    expect(errors).toEqual([{ errors: report.errors }])
    await writeFile(file, brokerWith('shop', ['first', 'second']))
    expect(await control.reload()).toMatchObject({ ok: true, errors: [] })
    expect(applied).toHaveLength(2)
  })

  test('may not change what is immutable: a trigger’s broker', async () => {
    await using folder = await tempDir()
    const file = join(folder.path, 'a.yaml')
    const other = brokerWith('shop', []).replace('name: default', 'name: other')
    const before = [brokerWith('shop', ['first']), other].join('---\n')
    await writeFile(file, before)
    const { control, applied } = controlOf({ files: [file] })
    await control.load()
    await writeFile(file, before.replace('broker: default', 'broker: other'))
    expect(await control.reload()).toMatchObject({
      ok: false,
      errors: [expect.stringMatching(/:8: first: spec\.broker: /)],
    })
    expect(applied).toHaveLength(1)
  })

  test('reads standard input again from memory', async () => {
    let reads = 0
    const stdin = readOnce(async () => {
      reads += 1
      return brokerWith('shop', ['first'])
    })
    const { control, applied } = controlOf({ files: ['-'], stdin })
    await control.load()
    expect(await control.reload()).toMatchObject({ ok: true })
    expect([reads, applied.length]).toEqual([1, 1])
  })

  test('waits for the one before it, and those that wait are one', async () => {
    await using folder = await tempDir()
    const file = join(folder.path, 'a.yaml')
    await writeFile(file, brokerWith('shop', ['first']))
    const applying = latch()
    const gate = Promise.withResolvers<void>()
    let loaded = false
    const { control, applied } = controlOf({
      files: [file],
      apply: async () => {
        if (!loaded) return
        applying.countDown()
        await gate.promise
      },
    })
    await control.load()
    loaded = true
    await writeFile(file, brokerWith('shop', ['second']))
    const first = control.reload()
    await applying.open
    await writeFile(file, brokerWith('shop', ['third']))
    const others = [control.reload(), control.reload(), control.reload()]
    expect(new Set(others).size).toBe(1)
    gate.resolve()
    await Promise.all([first, ...others])
    expect(applied).toEqual([['first'], ['second'], ['third']])
  })
})

describe('watching', () => {
  test('a file that is rewritten in place', async () => {
    await using folder = await tempDir()
    const file = join(folder.path, 'a.yaml')
    await writeFile(file, brokerWith('shop', ['first']))
    await using watched = controlOf({ files: [file] })
    await watched.control.load()
    watched.watch()
    await writeFile(file, brokerWith('shop', ['second']))
    await eventually(() => expect(watched.applied.at(-1)).toEqual(['second']))
  })

  test('a file that an editor replaces by a rename, again and again', async () => {
    await using folder = await tempDir()
    const file = join(folder.path, 'a.yaml')
    await writeFile(file, brokerWith('shop', ['first']))
    await using watched = controlOf({ files: [file] })
    await watched.control.load()
    watched.watch()
    for (const name of ['second', 'third']) {
      await writeFile(`${file}~`, brokerWith('shop', [name]))
      await rename(`${file}~`, file)
      await eventually(() => expect(watched.applied.at(-1)).toEqual([name]))
    }
  })

  test('a file that is away for a moment', async () => {
    await using folder = await tempDir()
    const file = join(folder.path, 'a.yaml')
    await writeFile(file, brokerWith('shop', ['first']))
    await using watched = controlOf({ files: [file] })
    await watched.control.load()
    watched.watch()
    await rm(file)
    await eventually(() => expect(watched.control.state?.report.ok).toBe(false))
    await writeFile(file, brokerWith('shop', ['second']))
    await eventually(() => expect(watched.applied.at(-1)).toEqual(['second']))
    expect(watched.control.state?.report).toMatchObject({ ok: true })
  })

  test('a folder: files that come and go, in folders that come too', async () => {
    await using folder = await tempDir()
    await writeFile(join(folder.path, 'a.yaml'), brokerWith('shop', ['first']))
    await using watched = controlOf({ files: [folder.path] })
    await watched.control.load()
    watched.watch()
    const inner = join(folder.path, 'inner')
    await mkdir(inner)
    await writeFile(join(inner, 'b.yaml'), brokerWith('other', ['second']))
    await eventually(() => expect(watched.applied.at(-1)).toEqual(['first', 'second']))
    await writeFile(join(inner, 'c.yml'), brokerWith('third', ['third']))
    await eventually(() => expect(watched.applied.at(-1)).toEqual(['first', 'second', 'third']))
    await rm(inner, { recursive: true })
    await eventually(() => expect(watched.applied.at(-1)).toEqual(['first']))
  })

  test('a mounted ConfigMap whose link is swapped', async () => {
    await using folder = await tempDir()
    for (const [version, name] of [
      ['..v1', 'first'],
      ['..v2', 'second'],
    ] as const) {
      await mkdir(join(folder.path, version))
      await writeFile(join(folder.path, version, 'a.yaml'), brokerWith('shop', [name]))
      await utimes(join(folder.path, version, 'a.yaml'), 1, 1)
    }
    await symlink('..v1', join(folder.path, '..data'))
    await symlink('..data/a.yaml', join(folder.path, 'a.yaml'))
    await using whole = controlOf({ files: [folder.path] })
    await using single = controlOf({ files: [join(folder.path, 'a.yaml')] })
    for (const each of [whole, single]) {
      await each.control.load()
      each.watch()
    }
    await symlink('..v2', join(folder.path, '..data_tmp'))
    await rename(join(folder.path, '..data_tmp'), join(folder.path, '..data'))
    for (const each of [whole, single])
      await eventually(() => expect(each.applied).toEqual([['first'], ['second']]))
  })

  test('a linked file that is changed where it lies', async () => {
    await using folder = await tempDir()
    await using elsewhere = await tempDir()
    const real = join(elsewhere.path, 'real.yaml')
    await writeFile(real, brokerWith('shop', ['first']))
    await symlink(real, join(folder.path, 'a.yaml'))
    await using watched = controlOf({ files: [folder.path] })
    await watched.control.load()
    watched.watch()
    await writeFile(real, brokerWith('shop', ['second']))
    await eventually(() => expect(watched.applied.at(-1)).toEqual(['second']))
  })

  test('a folder that is removed and made anew', async () => {
    await using parent = await tempDir()
    const folder = join(parent.path, 'manifests')
    await mkdir(folder)
    await writeFile(join(folder, 'a.yaml'), brokerWith('shop', ['first']))
    await using watched = controlOf({ files: [folder] })
    await watched.control.load()
    watched.watch()
    await rm(folder, { recursive: true })
    await eventually(() => expect(watched.control.state?.report.ok).toBe(false))
    await mkdir(folder)
    for (const name of ['second', 'third']) {
      await writeFile(join(folder, 'a.yaml'), brokerWith('shop', [name]))
      await eventually(() => expect(watched.applied.at(-1)).toEqual([name]))
    }
  })

  test('a change between the load and the first look', async () => {
    await using folder = await tempDir()
    const file = join(folder.path, 'a.yaml')
    await writeFile(file, brokerWith('shop', ['first']))
    await using watched = controlOf({ files: [file] })
    await watched.control.load()
    await writeFile(file, brokerWith('shop', ['second']))
    watched.watch()
    await eventually(() => expect(watched.applied.at(-1)).toEqual(['second']))
  })

  test('what could not be put in force is tried again by itself', async () => {
    await using folder = await tempDir()
    const file = join(folder.path, 'a.yaml')
    await writeFile(file, brokerWith('shop', ['first']))
    let away = false
    let tries = 0
    await using watched = controlOf({
      files: [file],
      lookMs: 5,
      apply: async () => {
        if (!away) return
        tries += 1
        if (tries < 3) throw new Error('the store is away')
      },
    })
    await watched.control.load()
    away = true
    watched.watch()
    await writeFile(file, brokerWith('shop', ['second']))
    await eventually(() => expect(watched.applied.at(-1)).toEqual(['second']))
    expect(tries).toBe(3)
    expect(watched.errors).toHaveLength(1)
    expect(watched.control.state?.report).toMatchObject({ ok: true })
  })
})
