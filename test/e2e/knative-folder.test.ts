import { fileURLToPath } from 'node:url'
import { eventually, post, receiver, runCli, startMillrace } from '@millrace/testkit'
import { expect, test } from 'vitest'

const folder = fileURLToPath(new URL('fixture/knative-folder', import.meta.url))

test('validate says of a folder that is meant for a cluster what holds, what has no effect, what is skipped', async () => {
  const { code, stdout } = await runCli(['validate', '-f', folder])
  expect(code).toBe(0)
  const lines = stdout.replaceAll(`${folder}/`, '').trim().split('\n')
  const said = (text: string) => lines.filter((line) => line.includes(text))
  expect(said('skipped, not for Millrace')).toEqual([
    'notice 100-app.yaml:3: shop: kind: skipped, not for Millrace: Namespace (v1), Deployment (apps/v1), Service (serving.knative.dev/v1), ServiceAccount (v1)',
  ])
  for (const inert of ['broker.class', 'spec.config', 'spec.channelTemplate', 'spec.selector'])
    expect(said(inert).join()).toContain('has no effect')
  for (const kind of ['SinkBinding', 'ApiServerSource', 'ContainerSource', 'EventType'])
    expect(said(`${kind} is for a Kubernetes cluster and is skipped`)).toHaveLength(1)
  expect(lines.filter((line) => !/^(warning|notice) /.test(line))).toEqual([])
})

test('serve starts with it as it is, and events arrive where its Services are', async () => {
  await using sink = await receiver()
  sink.path('/words').replyWith({ event: { id: 'm1', source: '/words', type: 'worded' } })
  sink.path('/mood').replyWith({ event: { id: 'm2', source: '/mood', type: 'moody' } })
  const template = `${sink.url}{name}`
  await using millrace = await startMillrace({
    args: ['--files', folder, '--service-url-template', template],
  })
  const order = { type: 'com.example.order.placed', source: '/shop', amount: 250 }
  expect((await post(`${millrace.ingress}/shop/default`, { ...order, id: 'o1' })).status).toBe(202)
  expect((await post(`${millrace.ingress}/default/moderation`, { id: 'm0' })).status).toBe(202)
  await eventually(() => {
    expect(sink.path('/placed').ids).toEqual(['o1'])
    expect(sink.path('/review').ids).toEqual(['o1'])
    expect(sink.path('/display').ids).toEqual(['m2'])
  })
})
