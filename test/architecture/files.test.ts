import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { longestFile, vagueNames } from './layers.ts'
import { root, sourceFiles, targetOf, type SourceFile } from './source-files.ts'

const files = ['packages', 'test', 'scripts', 'examples'].flatMap(sourceFiles)
const sources = files.filter(({ path }) => path.includes('/src/'))

test(`no file is longer than ${longestFile} lines`, () => {
  const long = files.filter(({ text }) => text.split('\n').length > longestFile + 1)
  expect(long.map(({ path }) => path)).toEqual([])
})

test('no file has a name that says nothing', () => {
  const vague = files.filter(({ path }) => vagueNames.includes(basename(path, '.ts')))
  expect(vague.map(({ path }) => path)).toEqual([])
})

test('nothing is exported by default, and only types by a star', () => {
  const found = sources.filter(({ text }) => /^export (default|\*)/m.test(text))
  expect(found.map(({ path }) => path)).toEqual([])
})

test('imports make no cycles, those of types included', () => {
  expect(cycles(sources)).toEqual([])
})

describe('tracked files', () => {
  const tracked = trackedFiles()

  test('none names a path of the machine that it was written on', () => {
    expect(containing(tracked, /\/(?:work|home|root|Users)\/[a-z][\w.-]*\//)).toEqual([])
  })

  test('the lock file names no host of a registry', () => {
    expect(containing(['package-lock.json'], /"resolved":\s*"https?:/)).toEqual([])
  })

  test('none is a leftover', () => {
    expect(
      tracked.filter((path) =>
        /(^|\/)(dist|node_modules|\.vitest|coverage)\/|\.(log|tgz|tsbuildinfo|orig|rej)$/.test(path),
      ),
    ).toEqual([])
  })
})

/** As git lists them; outside a clone, whatever is there but dependencies and what is built. */
function trackedFiles(): string[] {
  if (existsSync(join(root, '.git')))
    return execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
      .split('\0')
      .filter(Boolean)
  return readdirSync(root, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !/(^|\/)(dist|node_modules)\//.test(path))
}

function containing(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) => {
    const line =
      readText(path)
        ?.split('\n')
        .findIndex((one) => pattern.test(one)) ?? -1
    return line < 0 ? [] : [`${path}:${line + 1}`]
  })
}

/** None where a tracked file was just removed. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return undefined
  }
}

/** Each cycle once, as the files on it. */
function cycles(all: readonly SourceFile[]): string[] {
  const byPath = new Map(all.map((file) => [file.path, file]))
  const done = new Set<string>()
  const found: string[] = []
  function visit(path: string, trail: readonly string[]): void {
    const at = trail.indexOf(path)
    if (at >= 0) found.push([...trail.slice(at), path].join(' → '))
    if (at >= 0 || done.has(path)) return
    const file = byPath.get(path)
    for (const one of file?.imports ?? []) {
      const target = file === undefined ? undefined : targetOf(file, one)
      if (target !== undefined) visit(target, [...trail, path])
    }
    done.add(path)
  }
  for (const { path } of all) visit(path, [])
  return found
}
