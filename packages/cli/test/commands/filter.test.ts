import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tempDir } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { runHere } from '../recording-terminal.ts'

const event = JSON.stringify({
  specversion: '1.0',
  id: '1',
  source: '/eu/shop',
  type: 'com.shop.order',
  amount: 12,
})

const trigger = (name: string, filters: string) => `---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: { name: ${name} }
spec: { broker: default, filters: ${filters}, subscriber: { uri: "http://127.0.0.1:1/" } }
`

describe('millrace filter', () => {
  test('a match is exit 0, with a line for each clause and the value that it looked at', async () => {
    const { code, stdout } = await runHere(['filter', "type = 'com.shop.order' AND amount > 10"], {
      input: event,
    })
    expect(stdout).toBe(
      [
        'match',
        "yes  cesql type = 'com.shop.order' AND amount > 10",
        "  yes  type = 'com.shop.order'  (the event has com.shop.order)",
        '  yes  amount > 10  (the event has 12)',
        '',
      ].join('\n'),
    )
    expect(code).toBe(0)
  })

  test('no match is exit 1 and shows the clause that failed', async () => {
    const { code, stdout } = await runHere(['filter', "source LIKE '/us/%'"], { input: event })
    expect(stdout).toBe("no match\nno   cesql source LIKE '/us/%'  (the event has /eu/shop)\n")
    expect(code).toBe(1)
  })

  test('an expression that cannot be read is exit 2, with its place and a caret', async () => {
    const { code, stderr } = await runHere(['filter', 'amount >'], { input: event })
    expect(stderr).toMatch(/line 1, column 9: .*\n.*amount >\n\s*\^\n/)
    expect(code).toBe(2)
  })

  test("-f takes a trigger's filters; of several triggers --trigger names one", async () => {
    await using dir = await tempDir()
    const path = join(dir.path, 'triggers.yaml')
    await writeFile(
      path,
      trigger('eu', '[{ prefix: { source: /eu/ } }]') + trigger('us', '[{ prefix: { source: /us/ } }]'),
    )
    await writeFile(join(dir.path, 'event.json'), event)
    const given = ['filter', '-f', path, '-e', join(dir.path, 'event.json')]
    expect((await runHere([...given, '--trigger', 'eu'])).code).toBe(0)
    expect((await runHere([...given, '--trigger', 'us'])).code).toBe(1)
    const { code, stderr } = await runHere(given)
    expect(stderr).toContain('--trigger: eu, us')
    expect(code).toBe(2)
  })

  test('-f takes manifests with sources beside the trigger', async () => {
    await using dir = await tempDir()
    const path = join(dir.path, 'all.yaml')
    const ping = `---
apiVersion: sources.knative.dev/v1
kind: PingSource
metadata: { name: tick }
spec: { sink: { uri: "http://127.0.0.1:1/" } }
`
    await writeFile(path, trigger('eu', '[{ prefix: { source: /eu/ } }]') + ping)
    expect(await runHere(['filter', '-f', path], { input: event })).toMatchObject({ code: 0, stderr: '' })
  })

  test('a manifest that does not stand is exit 3 with its findings', async () => {
    await using dir = await tempDir()
    const path = join(dir.path, 'trigger.yaml')
    await writeFile(path, trigger('bad', '[{ cesql: "amount >" }]'))
    const { code, stderr } = await runHere(['filter', '-f', path], { input: event })
    expect(stderr).toContain('spec.filters[0].cesql')
    expect(code).toBe(3)
  })

  test('what is no CloudEvent is said with the attribute that is missing', async () => {
    const { code, stderr } = await runHere(['filter', 'TRUE'], { input: '{"specversion": "1.0", "id": "1"}' })
    expect(stderr).toContain('source')
    expect(code).toBe(2)
  })

  test('neither an expression nor a manifest, or both, is a usage error', async () => {
    expect((await runHere(['filter'], { input: event })).code).toBe(2)
    expect((await runHere(['filter', 'TRUE', '-f', 'x.yaml'], { input: event })).code).toBe(2)
  })
})
