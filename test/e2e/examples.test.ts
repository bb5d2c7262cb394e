import { readFileSync } from 'node:fs'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { eventually, runCli, startMillrace } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { startSinks } from './fixture/example-sinks.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What each example's sinks print for the event that its README sends. */
const printed: Readonly<Record<string, readonly string[]>> = {
  simple: ['/ship com.example.order {"total":12}'],
  complex: [
    '/count com.example.order {"total":12}',
    '/mail com.example.order {"total":12}',
    '/ship com.example.order {"total":12}',
  ],
  'complex-with-reply': [
    '/ship com.example.taxed {"total":12,"tax":2}',
    '/shipped com.example.shipped {"total":12,"tax":2,"shipping":5}',
    '/tax com.example.order {"total":12}',
  ],
  'broker-trigger': [
    '/audit com.example.order {"total":12}',
    '/audit com.example.taxed {"total":12,"tax":2}',
    '/ship com.example.taxed {"total":12,"tax":2}',
    '/tax com.example.order {"total":12}',
  ],
  sequence: [
    '/paid com.example.paid {"total":12,"tax":2,"shipping":5}',
    '/pay com.example.priced {"total":12,"tax":2,"shipping":5}',
    '/shipping com.example.taxed {"total":12,"tax":2}',
    '/tax com.example.order {"total":12}',
  ],
  parallel: [
    '/cleared com.example.cleared {"total":12,"country":"IT"}',
    '/customs-free com.example.order {"total":12,"country":"IT"}',
    '/done com.example.shipped {"total":12,"country":"IT"}',
    '/is-eu com.example.order {"total":12,"country":"IT"}',
    '/is-overseas com.example.order {"total":12,"country":"IT"}',
    '/ship com.example.order {"total":12,"country":"IT"}',
  ],
}

function read(example: string, file: string): string {
  return readFileSync(join(root, 'examples', example, file), 'utf8')
}

test.each(Object.entries(printed))('examples/%s does what its README shows', async (example, lines) => {
  await using sinks = await startSinks(example)
  await using millrace = await startMillrace({
    manifests: read(example, `${example}.yaml`).replaceAll('http://127.0.0.1:9001', sinks.url),
  })
  const [, to = '', type = '', data = ''] =
    /^npx millrace send --to (\S+) --type (\S+) --data '(.*)'$/m.exec(read(example, 'README.md')) ?? []
  const sent = await runCli(['send', '--server', millrace.admin, '--to', to, '--type', type, '--data', data])
  expect(sent.code).toBe(0)
  await eventually(() => expect(sinks.lines.toSorted()).toEqual(lines))
})

test('examples/github does what its README shows', async () => {
  await using sinks = await startSinks('github')
  await using millrace = await startMillrace({
    manifests: read('github', 'github.yaml').replaceAll('http://127.0.0.1:9001', sinks.url),
  })
  const script = join(root, 'examples/github/deliver.ts')
  for (const event of ['push', 'issues', 'fork']) {
    const env = { ...process.env, INGRESS: millrace.ingress }
    const { stdout } = await promisify(execFile)(process.execPath, [script, event], { env })
    expect(stdout).toBe('202 \n')
  }
  await eventually(() =>
    expect(sinks.lines.map((line) => line.slice(0, line.indexOf('{')).trim()).toSorted()).toEqual([
      '/deploy dev.knative.source.github.push',
      '/triage dev.knative.source.github.issues',
    ]),
  )
})

test('examples/cron does what its README shows', async () => {
  await using sinks = await startSinks('cron')
  const manifests = read('cron', 'cron.yaml').replaceAll('http://127.0.0.1:9001', sinks.url)
  // so that nobody waits for ten seconds
  await using millrace = await startMillrace({ manifests: manifests.replace("'*/10 * *", "'* * *") })
  await eventually(() => expect(sinks.lines).toContain('/sweep dev.knative.sources.ping {"job":"sweep"}'))
  const { stdout } = await runCli(['get', 'pingsources', '--server', millrace.admin])
  expect(stdout).toMatch(/^NAMESPACE +NAME +SCHEDULE +LAST +NEXT +READY +WAITING/)
  expect(stdout).toMatch(/default +report +0 6 \* \* MON-FRI +\d{4}-\d\d-\d\dT0[45]:00:00Z +True +0/)
})

test('examples/task-queue does what its README shows', async () => {
  await using sinks = await startSinks('task-queue')
  await using millrace = await startMillrace({
    manifests: read('task-queue', 'task-queue.yaml').replaceAll('http://127.0.0.1:9001', sinks.url),
  })
  const env = { ...process.env, INGRESS: millrace.ingress, MILLRACE_SERVER: millrace.admin }
  const script = join(root, 'examples/task-queue/tasks.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [script], { env })
  expect(stdout).toMatch(/^(?:invoice-\d+: 202\n){11}$/)
  const [, words = ''] = /^npx millrace (send .*)$/m.exec(read('task-queue', 'README.md')) ?? []
  const sent = await runCli(
    words.replaceAll("'", '').replace('{"invoice": 11}', '{"invoice":11}').split(' '),
    { env },
  )
  expect(sent.stdout).toBe('invoice-11\n')
  const invoices = Array.from({ length: 10 }, (_, n) => `/work com.example.task {"invoice":${n + 1}}`)
  await eventually(() => expect(sinks.lines.toSorted()).toEqual(invoices.toSorted()))
  expect((await runCli(['deliveries', 'ls'], { env })).stdout).toMatch(/ work +scheduled .* invoice-11$/m)
  expect((await runCli(['deliveries', 'cancel', '--event', 'invoice-11'], { env })).stdout).toBe(
    'cancelled 1\n',
  )
})

test.each([...Object.keys(printed), 'cron', 'github', 'task-queue', 'storage-to-labels'])(
  'the README of examples/%s has the picture that millrace graph draws',
  async (example) => {
    const { code, stdout } = await runCli(['graph', '-f', join(root, 'examples', example)])
    expect(code).toBe(0)
    expect(read(example, 'README.md')).toContain(`\`\`\`mermaid\n${stdout}\`\`\`\n`)
  },
)

test('the README of examples/compose has the picture of its manifests', async () => {
  const manifests = join(root, 'examples/compose/manifests')
  const { stdout } = await runCli(['graph', '-f', manifests, '--service-url-template', 'http://{name}:8080'])
  expect(read('compose', 'README.md')).toContain(`\`\`\`mermaid\n${stdout}\`\`\`\n`)
})

test.each(['manifests', 'kafka', 'pubsub'])('examples/compose/%s stands', async (folder) => {
  const path = join(root, 'examples/compose', folder)
  const template = ['--service-url-template', 'http://{name}:8080']
  const { code, stdout } = await runCli(['validate', '--strict', '-f', path, ...template])
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
})
