import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { formatFinding, loadManifests } from '../../src/index.ts'
import { ourKinds } from '../../src/kinds/identify.ts'
import { broker, documents, linesOf, readText, trigger } from '../read-text.ts'

/** A folder with these files, gone after the test. */
async function folder(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'millrace-manifests-'))
  onTestFinished(() => rm(path, { recursive: true }))
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true })
    await writeFile(join(path, name), content)
  }
  return path
}

async function load(...paths: readonly string[]) {
  const { resources, findings } = await loadManifests(paths, { env: {} })
  return { names: resources.map(({ metadata }) => metadata.name), lines: findings.map(formatFinding) }
}

describe('files and folders', () => {
  it('reads .yaml, .yml and .json below a folder by name, and nothing that begins with a dot', async () => {
    const path = await folder({
      'b.yml': broker('b'),
      'a.yaml': broker('a'),
      'sub/c.json': '{"apiVersion": "eventing.knative.dev/v1", "kind": "Broker", "metadata": {"name": "c"}}',
      'readme.md': 'not a manifest',
      '.hidden.yaml': broker('hidden'),
      '..2024/d.yaml': broker('d'),
    })
    expect(await load(path)).toEqual({ names: ['a', 'b', 'c'], lines: [] })
  })

  it('reads a file once, however often it is named', async () => {
    const path = await folder({ 'a.yaml': broker('a') })
    await symlink(join(path, 'a.yaml'), join(path, 'z.yaml'))
    await symlink(path, join(path, 'loop'))
    expect(await load(path, join(path, 'a.yaml'))).toEqual({ names: ['a'], lines: [] })
  })

  it('names a file or folder that is not there, and reads the rest', async () => {
    const path = await folder({ 'a.yaml': broker('a') })
    expect(await load('/no/such/place', path)).toEqual({
      names: ['a'],
      lines: ['/no/such/place: there is no such file or folder'],
    })
  })

  it('warns of a folder without manifests', async () => {
    const path = await folder({ 'readme.md': '' })
    expect((await load(path)).lines).toEqual([`warning ${path}: holds no .yaml, .yml or .json file`])
  })

  it('refuses a file that is not UTF-8', async () => {
    const path = await folder({ 'a.yaml': new Uint8Array([0x61, 0x3a, 0xff, 0xfe]) })
    expect((await load(path)).lines).toEqual([`${join(path, 'a.yaml')}: is not UTF-8 text`])
  })

  it('names both places of a resource that is declared twice', async () => {
    const path = await folder({ 'a.yaml': broker('x'), 'b.yaml': `\n\n${broker('x')}` })
    expect((await load(path)).lines).toEqual([
      `${path}/b.yaml:5: x: metadata.name: is declared twice, first at ${path}/a.yaml:3; keep one, or rename the other`,
    ])
  })
})

describe('standard input', () => {
  it('is named - and read once', async () => {
    let reads = 0
    const stdin = async () => {
      reads++
      return 'apiVersion: eventing.knative.dev/v1\nkind: Broker\nmetadata: {name: A}'
    }
    const { findings } = await loadManifests(['-', '-'], { env: {}, stdin })
    expect(reads).toBe(1)
    expect(findings.map(formatFinding)).toEqual([
      '-:3: A: metadata.name: is "A", must be lower-case letters and digits, with "-" and "." inside, at most 253 (DNS-1123)',
    ])
  })

  it('is an error where there is none', async () => {
    expect((await load('-')).lines).toEqual(['-: there is no standard input to read here'])
  })
})

describe('documents', () => {
  it('reads several in one text, empty ones between them', async () => {
    const { resources, findings } = await readText(
      `---\n# nothing\n---\n${broker('a')}\n---\n---\n${broker('b')}\n---\n`,
    )
    expect(resources.map(({ metadata, origin }) => [metadata.name, origin.line])).toEqual([
      ['a', 4],
      ['b', 10],
    ])
    expect(findings).toEqual([])
  })

  it('reads the items of a kind: List, each with its own lines', async () => {
    const list = `apiVersion: v1
kind: List
metadata: {resourceVersion: ""}
items:
- apiVersion: eventing.knative.dev/v1
  kind: Broker
  metadata: {name: a}
- apiVersion: eventing.knative.dev/v1
  kind: Trigger
  metadata: {name: t}
  spec:
    broker: a
    subscribr: {uri: "http://x/"}`
    expect(await linesOf(list)).toEqual([
      '-:11: t: spec.subscriber: is missing, must be a map',
      '-:13: t: spec.subscribr: unknown field, did you mean "subscriber"?',
    ])
    expect((await readText(list)).resources.map(({ metadata }) => metadata.name)).toEqual(['a'])
  })

  it('refuses a kind: List without items', async () => {
    expect(await linesOf('apiVersion: v1\nkind: List')).toEqual([
      '-:1: items: must be a list of manifests in a kind: List',
    ])
  })

  it.each([
    ['a text', '-:1: is "a text", must be a map with apiVersion, kind, metadata and spec'],
    ['[1]', '-:1: is a list, must be a map with apiVersion, kind, metadata and spec'],
    ['kind: Broker', '-:1: apiVersion: is missing, must be a text such as eventing.knative.dev/v1'],
    ['apiVersion: v1\nkind: 3', '-:2: kind: is 3, must be a text such as Trigger'],
  ])('refuses %j', async (text, line) => {
    expect(await linesOf(text)).toEqual([line])
  })

  it('reports everything that is wrong at once, in the order of the lines', async () => {
    const text = documents(
      broker('B'),
      trigger('broker: [a]\nfilters: [{}]\nsubscriber: {uri: x}\ndelivery:\n  retry: many'),
    )
    expect((await linesOf(text)).map((line) => line.replace(/: (is|has) .*/, ''))).toEqual([
      '-:3: B: metadata.name',
      '-:10: t: spec.broker',
      '-:11: t: spec.filters[0]',
      '-:12: t: spec.subscriber.uri',
      '-:14: t: spec.delivery.retry',
    ])
  })
})

describe('kinds that are not for Millrace', () => {
  const text = documents(
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: "${N}"}',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}',
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}',
    'apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: fn}',
  )

  it('are skipped in one line that names them', async () => {
    expect(await linesOf(text)).toEqual([
      'notice -:2: web: kind: skipped, not for Millrace: 2 Deployment (apps/v1), ConfigMap (v1), Service (serving.knative.dev/v1)',
    ])
  })

  it('are an error each where that is asked for', async () => {
    const refusal = `is not for Millrace, which has ${ourKinds()}`
    const end = 'leave it out, or do without --strict'
    expect(await linesOf(text, { strict: true })).toEqual([
      `-:2: web: kind: Deployment (apps/v1) ${refusal}; ${end}`,
      `-:7: c: kind: ConfigMap (v1) ${refusal}; ${end}`,
      `-:11: api: kind: Deployment (apps/v1) ${refusal}; ${end}`,
      `-:15: fn: kind: Service (serving.knative.dev/v1) ${refusal}; ${end}`,
    ])
  })
})

describe('what is accepted and inert', () => {
  it('is one notice for each field, however often it stands there', async () => {
    const configured = (name: string) =>
      `${broker(name, '{config: {kind: ConfigMap}}')}\nstatus: {conditions: []}`
    expect(await linesOf(documents(configured('a'), configured('b'), configured('c')))).toEqual([
      'notice -:4: a: spec.config: has no effect: there is one kind of broker here, and the store is chosen when Millrace is started (and in 2 more)',
      'notice -:5: a: status: has no effect: Millrace finds it out itself (and in 2 more)',
    ])
  })

  it('stays out of the way of the resource', async () => {
    const { resources } = await readText(`${broker('a')}\nstatus: {conditions: []}`)
    expect(resources).toHaveLength(1)
    expect(resources[0]).not.toHaveProperty('status')
  })
})

describe('what is refused', () => {
  it('says why', async () => {
    const spec = 'broker: b\nsubscriber:\n  uri: http://x/\n  audience: me\n  CACerts: pem'
    const why =
      'is refused: Millrace does not offer TLS of its own or OIDC tokens yet, and sending without them would be unsafe; leave it out'
    expect(await linesOf(trigger(spec))).toEqual([
      `-:8: t: spec.subscriber.audience: ${why}`,
      `-:9: t: spec.subscriber.CACerts: ${why}`,
    ])
  })
})
