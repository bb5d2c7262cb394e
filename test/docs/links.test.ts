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

  test('every link to a heading leads to one', () => {
    const links = [...text.matchAll(/\]\((?!https?:|mailto:)([^)#]*)#([^)]+)\)/g)]
    const missing = links.filter(([, file = '', anchor = '']) => {
      const target = file === '' ? page : join(dirname(page), file)
      return target.endsWith('.md') && !headings(readFileSync(join(root, target), 'utf8')).includes(anchor)
    })
    expect(missing.map(([link]) => link)).toEqual([])
  })

  test('every link to a file leads somewhere', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)/g)].map(([, link = '']) => link)
    expect(links.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([])
  })
})

/** The anchors of a page: its headings as links name them. */
function headings(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
