import { describe, expect, it } from 'vitest'
import { broker, linesOf, readText, trigger } from '../read-text.ts'

async function found(delivery: string): Promise<string[]> {
  const lines = await linesOf(trigger(`broker: b\nsubscriber: {uri: "http://x/"}\ndelivery: ${delivery}`))
  return lines.map((line) => line.replace('-:7: t: spec.delivery', ''))
}

const duration = 'must be an ISO 8601 duration such as PT0.2S'
const positive = 'must be an ISO 8601 duration above zero such as PT30S'

describe('a DeliverySpec', () => {
  it('may have every field at once', async () => {
    expect(
      await found(
        '{retry: 3, backoffPolicy: linear, backoffDelay: PT1S, timeout: PT10S, retryAfterMax: PT0S, format: json, deadLetterSink: {uri: "http://d/"}}',
      ),
    ).toEqual([])
  })

  it.each([
    ['retry: -1', '.retry: is -1, must be at least 0'],
    ['retry: 2147483648', '.retry: is 2147483648, must be at most 2147483647'],
    ['retry: 1.5', '.retry: is 1.5, must be a whole number'],
    ['retry: "3"', '.retry: is "3", must be a whole number'],
    ['backoffPolicy: constant', '.backoffPolicy: is "constant", must be linear or exponential'],
    ['backoffDelay: 5s', `.backoffDelay: is "5s", ${duration}`],
    ['backoffDelay: -PT1S', `.backoffDelay: is "-PT1S", ${duration}`],
    ['backoffDelay: 5', '.backoffDelay: is 5, must be an ISO 8601 duration such as PT0.2S (in quotes: "5")'],
    ['timeout: PT0S', `.timeout: is "PT0S", ${positive}`],
    ['timeout: never', `.timeout: is "never", ${positive}`],
    ['retryAfterMax: P', `.retryAfterMax: is "P", ${duration}`],
    ['format: xml', '.format: is "xml", must be json or binary'],
    ['deadLetterSink: {}', '.deadLetterSink: expected at least one, got none: ref, uri'],
    [
      'deadLetterSink: {uri: "ftp://x/"}',
      '.deadLetterSink.uri: is "ftp://x/", must begin with http:// or https://',
    ],
    ['retires: 3', '.retires: unknown field, did you mean "retry"?'],
  ])('may not have %s', async (field, expected) => {
    expect(await found(field.startsWith('retry:') ? `{${field}}` : `{retry: 1, ${field}}`)).toEqual([
      expected,
    ])
  })

  it('without retry means no retries, which is worth a warning', async () => {
    const message =
      'has no retry, which means 0 retries as in Knative; write retry: 0 if that is meant, or a number'
    expect(await found('{timeout: PT1S}')).toEqual([`warning : ${message}`])
    expect(await linesOf(broker('b', '{delivery: {deadLetterSink: {uri: "http://d/"}}}'))).toEqual([
      `warning -:4: b: spec.delivery: ${message}`,
    ])
    expect((await readText(broker('b', '{delivery: {}}'))).resources).toHaveLength(1)
  })
})
