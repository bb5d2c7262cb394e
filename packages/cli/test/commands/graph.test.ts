import { expect, test } from 'vitest'
import { runHere } from '../recording-terminal.ts'

const manifests = `apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: {name: orders}
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: placed}
spec:
  broker: orders
  filters: [{exact: {type: placed}}]
  subscriber: {uri: "http://u:secret@a/"}
  delivery: {retry: 1, deadLetterSink: {uri: "http://dead/"}}
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: on}
spec: {broker: orders, subscriber: {ref: {apiVersion: flows.knative.dev/v1, kind: Sequence, name: two}}}
---
apiVersion: flows.knative.dev/v1
kind: Sequence
metadata: {name: two}
spec:
  steps: [{uri: "http://one/"}, {uri: "http://two/"}]
  reply: {ref: {apiVersion: messaging.knative.dev/v1, kind: Channel, name: c}}
---
apiVersion: messaging.knative.dev/v1
kind: Channel
metadata: {name: c}
---
apiVersion: messaging.knative.dev/v1
kind: Subscription
metadata: {name: s}
spec:
  channel: {apiVersion: messaging.knative.dev/v1, kind: Channel, name: c}
  subscriber: {ref: {apiVersion: v1, kind: Service, name: later}}
---
apiVersion: messaging.knative.dev/v1
kind: Channel
metadata: {name: lonely}
`

function draw(...args: readonly string[]) {
  return runHere(['graph', '-f', '-', ...args], { input: manifests })
}

test('text: what goes from where to where, replies and dead letters too, without passwords', async () => {
  expect(await draw('--format', 'text')).toEqual({
    code: 0,
    stderr: '',
    stdout: `Broker default/orders
  placed: exact type = "placed" -> http://a/
  on -> Sequence default/two
http://a/
  dead letters -> http://dead/
Sequence default/two
  two-kn-sequence-0 -> http://one/
Channel default/c
  s -> s: does not resolve
Channel default/lonely
  nothing reads it
http://one/
  replies -> http://two/
http://two/
  replies -> Channel default/c
`,
  })
})

test('mermaid is the default: quotes are escaped, kinds of edges differ', async () => {
  const { stdout } = await draw()
  const lines = stdout.split('\n').map((line) => line.trim())
  expect(lines[0]).toBe('flowchart LR')
  expect(lines).toContain('n0["Broker default/orders"]')
  expect(lines).toContain('n1("http://a/")')
  expect(lines).toContain('n0 -->|"placed: exact type = #34;placed#34;"| n1')
  expect(lines.filter((line) => line.includes('-.->|"replies"|'))).toHaveLength(2)
  expect(lines.filter((line) => line.includes('-.-x|"dead letters"|'))).toHaveLength(1)
  expect(lines.filter((line) => /^n\d+\{\{"s: does not resolve"\}\}$/.test(line))).toHaveLength(1)
})

test('dot is a digraph with quoted labels', async () => {
  const { stdout } = await draw('--format', 'dot')
  expect(stdout).toMatch(/^digraph millrace \{\n {2}rankdir=LR\n/)
  expect(stdout).toContain(String.raw`n0 -> n1 [style=solid, label="placed: exact type = \"placed\""]`)
  expect(stdout).toMatch(/\}\n$/)
})

test('--service-url-template resolves Services, as it does for serve', async () => {
  const { stdout } = await draw('--format', 'text', '--service-url-template', 'http://{name}:8080')
  expect(stdout).toContain('  s -> http://later:8080\n')
})

test('manifests with errors are exit 3, another format and no path exit 2', async () => {
  const broken = await runHere(['graph', '-f', '-'], {
    input: manifests.replace('name: orders}', 'nam: orders}'),
  })
  expect(broken.code).toBe(3)
  expect(broken.stderr).toContain('-:3: ')
  expect((await draw('--format', 'svg')).code).toBe(2)
  expect((await runHere(['graph'])).code).toBe(2)
})

test('a sink is sent to, and leads on to what is behind it', async () => {
  const ref = '{ref: {apiVersion: eventing.knative.dev/v1alpha1, kind: KafkaSink, name: k}}'
  const input = `apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: {name: b}
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: t}
spec: {broker: b, subscriber: ${ref}, delivery: {retry: 1, deadLetterSink: ${ref}}}
---
apiVersion: eventing.knative.dev/v1alpha1
kind: KafkaSink
metadata: {name: k}
spec: {topic: orders, bootstrapServers: ["kafka:9092"]}
`
  const { stdout } = await runHere(['graph', '-f', '-', '--format', 'text'], { input })
  expect(stdout).toBe(`Broker default/b
  t -> KafkaSink default/k
KafkaSink default/k
  k -> kafka://kafka:9092/orders
  dead letters -> KafkaSink default/k
`)
})
