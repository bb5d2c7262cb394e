import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempDir } from '@millrace/testkit'
import { fingerprint } from '../../src/control/file-fingerprint.ts'

test('two looks at the same files are equal', async () => {
  await using folder = await tempDir()
  await writeFile(join(folder.path, 'a.yaml'), 'x')
  expect((await fingerprint([folder.path])).text).toBe((await fingerprint([folder.path])).text)
})

test('a change of the same length, with the old time put back, shows', async () => {
  await using folder = await tempDir()
  const file = join(folder.path, 'a.yaml')
  await writeFile(file, 'x')
  await utimes(file, 1, 1)
  const { text } = await fingerprint([file])
  await writeFile(file, 'y')
  await utimes(file, 1, 1)
  expect((await fingerprint([file])).text).not.toBe(text)
})

test('what no manifest can be does not show: other endings, hidden files, node_modules', async () => {
  await using folder = await tempDir()
  const { text } = await fingerprint([folder.path])
  for (const name of ['.git', 'node_modules']) {
    await mkdir(join(folder.path, name))
    await writeFile(join(folder.path, name, 'a.yaml'), 'x')
  }
  for (const name of ['notes.txt', '.a.yaml.swp', '.hidden.yaml', 'a.yaml~'])
    await writeFile(join(folder.path, name), 'x')
  expect((await fingerprint([folder.path])).text).toBe(text)
})

test('links that go round end', async () => {
  await using folder = await tempDir()
  await symlink('.', join(folder.path, 'loop'))
  await symlink('nowhere', join(folder.path, 'broken.yaml'))
  const { text } = await fingerprint([folder.path])
  expect(text).toContain('broken.yaml ENOENT')
})

test('a path that is not there shows as that, and its folder is one to watch', async () => {
  await using folder = await tempDir()
  const file = join(folder.path, 'a.yaml')
  const { text, folders } = await fingerprint([file, '-'])
  expect(text).toBe(`${file} ENOENT`)
  expect([...folders]).toEqual([folder.path])
})
