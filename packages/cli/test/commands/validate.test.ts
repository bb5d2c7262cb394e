import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tempDir } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { runHere } from '../recording-terminal.ts'

const broker = 'apiVersion: eventing.knative.dev/v1\nkind: Broker\nmetadata: {name: default}\n'
const read = `apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: all}
spec: {broker: default, subscriber: {uri: "http://127.0.0.1:1/"}}
`
const dangling = `apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: lost}
spec: {broker: nowhere, subscriber: {uri: "http://127.0.0.1:1/"}}
`

test('a folder that stands is exit 0, and says nothing on standard output', async () => {
  await using dir = await tempDir()
  await writeFile(join(dir.path, 'broker.yaml'), `${broker}---\n${read}`)
  const { code, stdout, stderr } = await runHere(['validate', '-f', dir.path])
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  expect(stderr).toContain('2 resources, 0 errors, 0 warnings')
})

test('a finding is a line with file, line, name, path and what would be right; exit 3', async () => {
  const { code, stdout } = await runHere(['validate', '-'], { input: `${broker}spec: {deliverey: {}}\n` })
  expect(stdout).toMatch(/^-:4: default: spec\.deliverey: .*"delivery".*\n$/)
  expect(code).toBe(3)
})

test('a dangling reference is a warning and leaves the exit at 0, --strict makes it 3', async () => {
  const { code, stdout } = await runHere(['validate', '-f', '-'], { input: dangling })
  expect(stdout).toMatch(/^warning -:\d+: lost: spec\.broker: /)
  expect(code).toBe(0)
  expect((await runHere(['validate', '-f', '-', '--strict'], { input: dangling })).code).toBe(3)
})

test('a Broker that nothing reads is a warning', async () => {
  const { code, stdout } = await runHere(['validate', '-f', '-'], { input: broker })
  expect(stdout).toMatch(/^warning -:3: default: metadata\.name: nothing reads this Broker.*\n$/)
  expect(code).toBe(0)
})

test('a kind of somebody else is skipped in one line that names it; --strict refuses it', async () => {
  const input = `${broker}---\n${read}---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n`
  const { code, stdout } = await runHere(['validate', '-f', '-'], { input })
  expect(stdout).toMatch(/^notice .*Deployment.*\n$/)
  expect(code).toBe(0)
  expect((await runHere(['validate', '-f', '-', '--strict'], { input })).code).toBe(3)
})

test('a missing path is exit 3', async () => {
  const { code, stdout } = await runHere(['validate', '-f', 'no/such/folder'])
  expect(stdout).toContain('no/such/folder')
  expect(code).toBe(3)
})

test('a Service without a manifest is a warning that says what would give it an address', async () => {
  const input = `${broker}---\n${read.replace('{uri: "http://127.0.0.1:1/"}', '{ref: {apiVersion: v1, kind: Service, name: shop}}')}`
  const { stdout } = await runHere(['validate', '-f', '-'], { input })
  expect(stdout).toMatch(/^warning -:\d+: all: spec\.subscriber\.ref: .*--service-url-template/)
  const template = ['--service-url-template', 'http://{name}:8080']
  expect((await runHere(['validate', '-f', '-', ...template], { input })).stdout).toBe('')
})

test('no path at all is a usage error', async () => {
  expect((await runHere(['validate'])).code).toBe(2)
})
