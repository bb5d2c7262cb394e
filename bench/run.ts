import { codec } from './codec.ts'
import { routing } from './routing.ts'
import { storage } from './storage.ts'

/** Every benchmark by its name: `npm run bench -- NAME…`; all of them without a name. */
const benchmarks: Readonly<Record<string, () => void | Promise<void>>> = { codec, routing, storage }

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !Object.hasOwn(benchmarks, name))
if (unknown.length > 0) {
  process.stderr.write(
    `no benchmark ${unknown.join(', ')}; there are: ${Object.keys(benchmarks).join(', ')}\n`,
  )
  process.exit(2)
}
for (const [name, run] of Object.entries(benchmarks)) {
  if (wanted.length === 0 || wanted.includes(name)) await run()
}
