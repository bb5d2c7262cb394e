import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** A package of the workspace. */
export interface Package {
  readonly name: string
  /** From the root, such as `packages/core`. */
  readonly folder: string
  readonly dependencies: readonly string[]
  readonly isPrivate: boolean
}

/** One import of a file, dynamic ones and those of types too. */
export interface Import {
  readonly specifier: string
  /** Loads nothing when the file is loaded: `import()`, or types alone. */
  readonly lazy: boolean
}

export interface SourceFile {
  /** From the root. */
  readonly path: string
  readonly text: string
  readonly imports: readonly Import[]
}

export function packages(): Package[] {
  return readdirSync(join(root, 'packages')).map((name) => {
    const folder = join('packages', name)
    const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest
    const { dependencies = {}, peerDependencies = {} } = manifest
    return {
      name: manifest.name,
      folder,
      dependencies: Object.keys({ ...dependencies, ...peerDependencies }),
      isPrivate: manifest.private === true,
    }
  })
}

interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** The TypeScript files below a folder, dependencies and what is built left out. */
export function sourceFiles(folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !/(^|\/)(node_modules|dist)\//.test(path))
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8')
      return { path, text, imports: importsOf(text) }
    })
}

const statement = /^\s*(import|export)\s+(type\s+)?(?:[\w$*{][^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]/gm
const call = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

export function importsOf(text: string): Import[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  return [
    ...[...code.matchAll(statement)].map(([, , type, specifier = '']) => ({
      specifier,
      lazy: type !== undefined,
    })),
    ...[...code.matchAll(call)].map(([, specifier = '']) => ({ specifier, lazy: true })),
  ]
}

/** The file that a relative import leads to, from the root. */
export function targetOf(file: SourceFile, { specifier }: Import): string | undefined {
  return specifier.startsWith('.') ? relative(root, join(root, dirname(file.path), specifier)) : undefined
}

/** The package that an import names: `@scope/name/door` is `@scope/name`. */
export function packageOf(specifier: string): string {
  const [first = '', second = ''] = specifier.split('/')
  return first.startsWith('@') ? `${first}/${second}` : first
}
