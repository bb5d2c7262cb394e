import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serverCache } from './server-cache.ts'

/** The source of our wrapper around Google's own fake of Pub/Sub. */
export const pubSubFakeSource: string = fileURLToPath(new URL('../fakes/pubsub', import.meta.url))
export const gcsFakeVersion = 'v1.56.1'

/** Where `scripts/provide-servers.ts` puts them: built anew when their source is another. */
export const pubSubFakeCommand: string = join(
  serverCache,
  `pubsub-fake-${hashOf(pubSubFakeSource)}`,
  'pubsub-fake',
)
export const gcsFakeCommand: string = join(
  serverCache,
  `fake-gcs-server-${gcsFakeVersion}`,
  'fake-gcs-server',
)

/** Why there are no fakes of Google to test with; undefined: they are there. In CI that is a failure, not a skip. */
export const googleMissing: string | undefined =
  process.env['CI'] === 'true' || [pubSubFakeCommand, gcsFakeCommand].every((path) => existsSync(path))
    ? undefined
    : 'there are no fakes of Pub/Sub and Cloud Storage: install Go and run node scripts/provide-servers.ts'

function hashOf(folder: string): string {
  const hash = createHash('sha256')
  for (const file of readdirSync(folder).toSorted())
    hash.update(file).update(readFileSync(join(folder, file)))
  return hash.digest('hex').slice(0, 12)
}
