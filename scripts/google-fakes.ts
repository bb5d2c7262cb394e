import { dirname } from 'node:path'
import {
  gcsFakeCommand,
  gcsFakeVersion,
  pubSubFakeCommand,
  pubSubFakeSource,
} from '../packages/testkit/src/google-fakes.ts'
import { run, type Fetched } from './fetched.ts'

/** Built with Go, which takes a few minutes the first time. */
export const googleFakes: readonly Fetched[] = [
  {
    name: 'the fake of Pub/Sub',
    command: pubSubFakeCommand,
    tests: 'of the sources of Google Cloud',
    builder: 'go',
    fetch: (into) =>
      run('go', ['build', '-trimpath', '-buildvcs=false', '-o', into, '.'], pubSubFakeSource, plain),
  },
  {
    name: 'the fake of Cloud Storage',
    command: gcsFakeCommand,
    tests: 'of the sources of Google Cloud',
    builder: 'go',
    fetch: (into) =>
      run('go', ['install', `github.com/fsouza/fake-gcs-server@${gcsFakeVersion}`], dirname(into), {
        ...plain,
        GOBIN: into,
      }),
  },
]

/** No C compiler is needed. */
const plain = { CGO_ENABLED: '0' }
