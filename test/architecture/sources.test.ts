import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { packages, root } from './source-files.ts'

const sources = packages().filter(({ name }) => /^@millrace\/source-(?!sdk$)/.test(name))

describe.each(sources)('$name', ({ folder }) => {
  const name = basename(folder).replace('source-', '')

  test('has the rooms of every source', () => {
    const rooms = ['index.ts', 'kind.ts', `${name}-source.ts`, 'to-event.ts']
    expect(rooms.filter((room) => !existsSync(join(root, folder, 'src', room)))).toEqual([])
  })

  test('passes the suite of sources', () => {
    const tests = readdirSync(join(root, folder, 'test')).filter((file) => file.endsWith('.test.ts'))
    const texts = tests.map((file) => readFileSync(join(root, folder, 'test', file), 'utf8'))
    expect(texts.some((text) => text.includes('sourceConformance('))).toBe(true)
  })

  test('has a README that says what it does, what it needs and where to look', () => {
    const readme = readFileSync(join(root, folder, 'README.md'), 'utf8')
    const headings = [...readme.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)
    expect(headings).toEqual(['What it does', 'What it needs', 'Where to look'])
  })
})
