// `npm run reference`: writes the pages of docs/reference that are made from our own tables.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { written } from './reference/written.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

for (const [page, text] of Object.entries(written)) writeFileSync(join(root, page), text())
const { status } = spawnSync('oxfmt', Object.keys(written), { cwd: root, stdio: 'inherit' })
process.exitCode = status ?? 1
