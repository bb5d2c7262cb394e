import { formatFinding, loadManifests, sourceKind } from '@millrace/resources'
import type { SourceKind } from '@millrace/source-sdk'
import { expect, test } from 'vitest'
import { gitHubSourceKind } from '../src/kind.ts'

const kind: SourceKind = gitHubSourceKind

const secretToken = 'secretToken: {secretKeyRef: {name: gh, key: hook}}'
const sink = 'sink: {uri: http://sink/}'
const least = ['ownerAndRepository: acme/web', 'eventTypes: [push]', secretToken, sink]

test('Knative’s documented manifest is taken, its defaults are filled in', async () => {
  const { found, spec } = await read([
    ...least,
    'accessToken: {secretKeyRef: {name: gh, key: token}}',
    'serviceAccountName: github',
  ])
  expect(found).toEqual([
    'notice -:4: gh: spec.serviceAccountName: has no effect: a source runs inside Millrace',
  ])
  expect(spec).toMatchObject({
    ownerAndRepository: 'acme/web',
    githubAPIURL: 'https://api.github.com',
    secure: true,
  })
})

test('an API of GitHub Enterprise is kept without the slash at its end', async () => {
  const { found, spec } = await read([...least, 'githubAPIURL: https://github.example.com/api/v3/'])
  expect(found).toEqual([])
  expect(spec).toMatchObject({ githubAPIURL: 'https://github.example.com/api/v3' })
})

test.each([
  [
    'ownerAndRepository: acme/web/x',
    'spec.ownerAndRepository: is "acme/web/x", must be OWNER/REPOSITORY, or an organization alone',
  ],
  [
    'eventTypes: []',
    'spec.eventTypes: is an empty list, must be a list of events of GitHub such as [push, pull_request], or ["*"]',
  ],
  [
    'eventTypes: [Push]',
    'spec.eventTypes[0]: is "Push", must be the name of an event of GitHub such as pull_request, or "*"',
  ],
  [
    'secretToken: {secretKeyRef: {name: gh}}',
    'spec.secretToken.secretKeyRef.key: is missing, must be a text that is not empty',
  ],
  ['githubAPIUrl: https://x', 'spec.githubAPIUrl: unknown field, did you mean "githubAPIURL"?'],
  [
    'githubAPIURL: api.github.com',
    'spec.githubAPIURL: is "api.github.com", must be the URL of an API such as https://github.example.com/api/v3',
  ],
  [
    'githubAPIURL: https://me:secret@api.github.com/?x=1',
    'spec.githubAPIURL: has more than a host and a path, must be the URL of an API such as https://github.example.com/api/v3',
  ],
])('%s is refused', async (line, message) => {
  const [field] = line.split(':')
  const { found } = await read([...least.filter((one) => !one.startsWith(`${field}:`)), line])
  expect(found).toEqual([`-:4: gh: ${message}`])
})

test.each(['ownerAndRepository', 'eventTypes', 'secretToken', 'sink'])(
  'without %s it is refused',
  async (field) => {
    const { found } = await read(least.filter((one) => !one.startsWith(field)))
    expect(found).toEqual([expect.stringContaining(`spec.${field}: is missing`)])
  },
)

async function read(fields: readonly string[]) {
  const manifest = [
    'apiVersion: sources.knative.dev/v1alpha1',
    'kind: GitHubSource',
    'metadata: {name: gh}',
    `spec: {${fields.join(', ')}}`,
  ]
  const { resources, findings } = await loadManifests(['-'], {
    env: {},
    stdin: async () => manifest.join('\n'),
    findSource: async () => sourceKind(kind),
  })
  return { found: findings.map(formatFinding), spec: resources[0]?.spec }
}
