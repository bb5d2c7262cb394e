import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { written } from '../../scripts/reference/written.ts'
import { root } from './pages.ts'

/** Without what the formatter adds: spaces that align, dashes, empty lines. */
function plain(markdown: string): string[] {
  return markdown
    .split('\n')
    .map((line) =>
      line
        .replaceAll(/\s+/g, ' ')
        .replaceAll(/-{2,} /g, '- ')
        .trim(),
    )
    .filter((line) => line !== '')
}

test.each(Object.entries(written))('%s is as `npm run reference` writes it', (page, text) => {
  expect(plain(readFileSync(join(root, page), 'utf8'))).toEqual(plain(text()))
})
