import { describe, expect, test } from 'vitest'
import { layers, rooms } from './layers.ts'
import { packageOf, packages, sourceFiles, targetOf, type SourceFile } from './source-files.ts'

describe.each(packages())('$name', ({ name, folder, dependencies }) => {
  const layer = layers[name]
  const files = sourceFiles(`${folder}/src`)

  test('stands in the table of layers', () => {
    expect(layer).toBeDefined()
  })

  test('imports only what its layer may', () => {
    expect(files.flatMap((file) => forbidden(file, name))).toEqual([])
  })

  test('stays in its own folder with relative imports', () => {
    const outside = files.flatMap((file) =>
      file.imports.flatMap((one) => {
        const target = targetOf(file, one)
        return target === undefined || target.startsWith(`${folder}/src/`)
          ? []
          : [`${file.path}: ${one.specifier}`]
      }),
    )
    expect(outside).toEqual([])
  })

  test('names in its manifest what it may import, and nothing else', () => {
    const allowed = new Set([...(layer?.own ?? []), ...(layer?.lazy ?? []), ...(layer?.libraries ?? [])])
    expect(dependencies.filter((dependency) => !allowed.has(dependency))).toEqual([])
  })
})

test('core knows no platform: neither node: nor its globals', () => {
  const found = sourceFiles('packages/core/src').filter(({ text }) =>
    /\bnode:|\b(Buffer|process|require|__dirname|globalThis|setTimeout|setInterval|fetch)\b(?=[.(])/.test(
      withoutComments(text),
    ),
  )
  expect(found.map(({ path }) => path)).toEqual([])
})

test("the server's rooms never import one another", () => {
  const crossing = sourceFiles('packages/server/src').flatMap((file) =>
    file.imports.flatMap((one) => {
      const from = roomOf(file.path)
      const to = roomOf(targetOf(file, one) ?? '')
      return from !== undefined && to !== undefined && from !== to ? [`${file.path}: ${one.specifier}`] : []
    }),
  )
  expect(crossing).toEqual([])
})

test('stores and sources are loaded by one catalog file each', () => {
  const loading = sourceFiles('packages/server/src').filter(({ imports }) =>
    imports.some(({ specifier }) => /^@millrace\/(storage|source)-(?!sdk)/.test(specifier)),
  )
  expect(loading.map(({ path }) => path).filter((path) => !/\/\w+-catalog\.ts$/.test(path))).toEqual([])
})

function forbidden(file: SourceFile, name: string): string[] {
  const { own = [], lazy = [], libraries = [], node } = layers[name] ?? {}
  const bad = file.imports.filter((one) => {
    const { specifier } = one
    if (specifier.startsWith('.')) return false
    if (specifier.startsWith('node:')) return node !== undefined && !node.includes(specifier)
    const target = packageOf(specifier)
    return !(own.includes(target) || libraries.includes(target) || (lazy.includes(target) && one.lazy))
  })
  return bad.map(({ specifier }) => `${file.path}: ${specifier}`)
}

function roomOf(path: string): string | undefined {
  return rooms.find((room) => path.startsWith(`packages/server/src/${room}/`))
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
}
