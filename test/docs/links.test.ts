import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { pages, root } from './pages.ts'

describe.each(pages())('%s', (page) => {
  const text = readFileSync(join(root, page), 'utf8')

  test('every file that it names is there', () => {
    const named = [...text.matchAll(/`((?:packages|test|docs|examples|scripts|bench)\/[\w./-]+)`/g)]
    expect(named.map(([, path = '']) => path).filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  test('every link to a file leads somewhere', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)/g)].map(([, link = '']) => link)
    expect(links.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([])
  })
})
