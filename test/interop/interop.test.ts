import { once } from 'node:events'
import { createInterface } from 'node:readline'
import {
  eventually,
  exchange,
  receiver,
  startMillrace,
  type Millrace,
  type ReceivedRequest,
} from '@millrace/testkit'
import { beforeAll, describe, expect, test } from 'vitest'
import { broker, trigger } from '../e2e/fixture/manifests.ts'
import { brokerUrl } from '../e2e/fixture/producing.ts'
import { built, ecosystems, missingTools, start, type Ecosystem } from './ecosystems.ts'
import { knownDifferences, unsendable, type KnownDifference } from './known-differences.ts'
import { comparable, samplesFile, samplesFor, type ShownEvent } from './samples.ts'

const buildTimeoutMs = 300_000
/** Virtual machines and interpreters start slowly on a busy machine. */
const patience = { timeoutMs: 60_000 }

describe.each(ecosystems)('the CloudEvents SDK for $name', (ecosystem) => {
  const missing = missingTools(ecosystem).join(' and ')
  if (missing !== '') say(ecosystem, `needs ${missing}`)

  describe.skipIf(missing !== '')('as a real client', () => {
    let folder = ''
    let unbuilt = ''

    beforeAll(async () => {
      try {
        folder = await built(ecosystem)
      } catch (err) {
        // where the tools are, CI has what they fetch; a laptop may be offline
        if (process.env['CI'] === 'true') throw err
        unbuilt = `could not be built: ${String(err)}`
        say(ecosystem, unbuilt)
      }
    }, buildTimeoutMs)

    test('sends what Millrace delivers as it was', { timeout: 180_000 }, async ({ skip }) => {
      skip(unbuilt !== '', unbuilt)
      await using sink = await receiver()
      await using millrace = await startMillrace({ manifests: broker() + trigger('all', sink.url) })
      const modes = ['binary', 'structured', ...(ecosystem.sendsBatches === true ? ['batch'] : [])]
      const cannot = unsendable.filter((one) => one.ecosystem === ecosystem.name).map(({ id }) => id)
      const expected = modes.flatMap(samplesFor).filter(({ attributes: { id = '' } }) => !cannot.includes(id))
      const answers = await output(ecosystem, folder, ['send', samplesFile, brokerUrl(millrace)])
      expect(answers.filter(({ status }) => status !== 202).map(({ id }) => id)).toEqual(cannot)
      await sink.received(expected.length, patience)
      expectSame(ecosystem, 'sends', sink.requests.map(delivered), expected)
    })

    test('receives what was sent to Millrace as it was', { timeout: 180_000 }, async ({ skip }) => {
      skip(unbuilt !== '', unbuilt)
      const program = start(ecosystem, folder, ['receive'])
      const ended = once(program, 'close')
      const lines: string[] = []
      createInterface(program.stdout ?? expect.fail()).on('line', (line) => lines.push(line))
      try {
        await eventually(() => lines.length > 0, patience)
        const url = lines.shift()?.replace(/^ready /, '') ?? ''
        const formats = { binary: 'binary', structured: 'json' }
        const manifests = Object.entries(formats).map(
          ([name, format]) =>
            broker(name) + trigger(name, url, { broker: name, delivery: { retry: 0, format } }),
        )
        await using millrace = await startMillrace({ manifests: manifests.join('') })
        const expected = Object.keys(formats).flatMap(samplesFor)
        for (const name of Object.keys(formats))
          for (const event of samplesFor(name)) await send(millrace, name, event)
        await eventually(() => lines.length === expected.length, patience)
        const seen = lines.map((line) => JSON.parse(line) as ShownEvent)
        expectSame(ecosystem, 'receives', seen, expected)
      } finally {
        program.kill()
        await ended
      }
    })
  })
})

function say({ name }: Ecosystem, why: string): void {
  process.stderr.write(`interop: SKIPPED for ${name}: ${why}\n`)
}

/** The lines of a program that ends by itself. */
async function output(
  ecosystem: Ecosystem,
  folder: string,
  args: readonly string[],
): Promise<{ readonly id: string; readonly status?: number }[]> {
  const program = start(ecosystem, folder, args)
  let text = ''
  program.stdout?.setEncoding('utf8').on('data', (piece: string) => (text += piece))
  const [code] = (await once(program, 'close')) as [number | null]
  expect(code).toBe(0)
  const lines = text.split('\n').filter(Boolean)
  return lines.map((line) => JSON.parse(line) as { id: string; status?: number })
}

/** Sends an event in binary mode, its values percent-coded as the HTTP binding says (3.1.3.2). */
async function send(millrace: Millrace, name: string, { attributes, data }: ShownEvent): Promise<void> {
  const { datacontenttype, ...others } = attributes
  const coded = Object.entries(others).map(([attribute, value]) => [
    `ce-${attribute}`,
    encodeURIComponent(value),
  ])
  const headers = Object.fromEntries(coded) as Record<string, string>
  if (datacontenttype !== undefined) headers['content-type'] = datacontenttype
  const body = data === undefined ? undefined : Buffer.from(data, 'base64')
  expect((await exchange('POST', brokerUrl(millrace, name), { headers, body })).status).toBe(202)
}

/** A delivery in binary mode, decoded by the HTTP binding. */
function delivered({ rawHeaders, headers, body }: ReceivedRequest): ShownEvent {
  const attributes: Record<string, string> = {}
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = [rawHeaders[index]?.toLowerCase(), rawHeaders[index + 1]]
    if (name.startsWith('ce-')) attributes[name.slice(3)] = decodeURIComponent(value)
  }
  const type = headers['content-type']
  if (type !== undefined) attributes['datacontenttype'] = type
  return body.length === 0 ? { attributes } : { attributes, data: body.toString('base64') }
}

/** The same events, but for what the SDK is known to change. */
function expectSame(
  { name, addsTime }: Ecosystem,
  when: KnownDifference['when'],
  seen: readonly ShownEvent[],
  expected: readonly ShownEvent[],
): void {
  const byId = new Map(seen.map((event) => [event.attributes['id'], event]))
  for (const event of expected) {
    const { id = '' } = event.attributes
    const known = knownDifferences.filter(
      (one) => one.ecosystem === name && one.when === when && one.id === id,
    )
    const changed = Object.fromEntries(known.map(({ attribute, value }) => [attribute, value]))
    const timeless = addsTime === true && event.attributes['time'] === undefined
    const wanted = {
      ...comparable(event),
      ...changed,
      ...(timeless ? { time: expect.any(String) as string } : {}),
    }
    const got = byId.get(id)
    expect({ id, event: got === undefined ? undefined : comparable(got) }).toEqual({ id, event: wanted })
  }
}
