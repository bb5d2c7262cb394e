import { describe, expect, it } from 'vitest'
import { linesOf, trigger } from '../read-text.ts'

/** Findings of a trigger whose subscriber is this; the subscriber is line 6. */
async function found(subscriber: string): Promise<string[]> {
  const lines = await linesOf(trigger(`broker: b\nsubscriber: ${subscriber}`))
  return lines.map((line) => line.replace('-:6: t: spec.subscriber', ''))
}

const service = 'ref: {apiVersion: v1, kind: Service, name: s}'
const brokerRef = 'ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: b}'

describe('a Destination', () => {
  it.each([
    '{uri: "http://localhost:9000/hook?x=1"}',
    '{uri: "HTTPS://example.com"}',
    '{uri: "http://user:p%40ss@[::1]:8080/"}',
    `{${service}}`,
    `{${service}, uri: /hook}`,
    `{${service}, uri: hook?x=y}`,
    `{${brokerRef}}`,
    '{ref: {apiVersion: v1, kind: Service, name: s, namespace: other}}',
  ])('may be %s', async (subscriber) => {
    expect(await found(subscriber)).toEqual([])
  })

  it.each([
    ['{}', ': expected at least one, got none: ref, uri'],
    ['{uri: ""}', '.uri: is "", must be a text that is not empty'],
    ['{uri: 8080}', '.uri: is 8080, must be a text that is not empty (in quotes: "8080")'],
    [
      '{uri: /hook}',
      '.uri: is "/hook", a relative one needs a ref beside it; must begin with http:// or https://',
    ],
    ['{uri: "ftp://x/"}', '.uri: is "ftp://x/", must begin with http:// or https://'],
    ['{uri: "localhost:8080/x"}', '.uri: is "localhost:8080/x", must begin with http:// or https://'],
    ['{uri: "http:x"}', '.uri: is "http:x", must begin with http:// or https://'],
    ['{uri: "http://"}', '.uri: is "http://", which is no URL; must be one such as http://host:8080/path'],
    [
      '{uri: "http://a b/"}',
      '.uri: is "http://a b/", which is no URL; must be one such as http://host:8080/path',
    ],
    [
      '{uri: "http://a\\\\b/"}',
      '.uri: is "http://a\\\\b/", which is no URL; must be one such as http://host:8080/path',
    ],
    [
      '{uri: "http://x:99999/"}',
      '.uri: is "http://x:99999/", which is no URL; must be one such as http://host:8080/path',
    ],
    [
      '{uri: "http://u:%zz@x/"}',
      '.uri: is "http://x/", with a user or password that is not UTF-8 in %XX escapes; write % itself as %25',
    ],
    [
      `{${service}, uri: "http://x/"}`,
      '.uri: is "http://x/" beside a ref, must be a path such as /hook; or leave ref out',
    ],
    [
      `{${service}, uri: //x/y}`,
      '.uri: is "//x/y" beside a ref, must be a path such as /hook; or leave ref out',
    ],
    [
      `{${brokerRef}, uri: /x}`,
      '.uri: is "/x" beside a Broker, which takes events at its own path only; leave it out',
    ],
    [
      '{ref: {apiVersion: v1, kind: Broker, name: b}}',
      '.ref.apiVersion: is "v1", must be "eventing.knative.dev/v1" for a Broker',
    ],
    ['{ref: {kind: Broker, name: b}}', '.ref.apiVersion: is missing, must be a text that is not empty'],
    ['{ref: {apiVersion: v1, kind: Service}}', '.ref.name: is missing, must be a text that is not empty'],
    [
      '{ref: {apiVersion: v1, kind: Service, name: s, namspace: x}}',
      '.ref.namspace: unknown field, did you mean "namespace"?',
    ],
    [
      '{ref: {apiVersion: v1, kind: Service, name: s, group: x}}',
      '.ref.group: is refused: write apiVersion; leave it out',
    ],
    ['{url: "http://x/"}', ': expected at least one, got none: ref, uri'],
  ])('may not be %s', async (subscriber, expected) => {
    expect(await found(subscriber)).toContain(expected)
  })

  it('never shows a password', async () => {
    expect(await found('{uri: "ftp://user:secret@x/"}')).toEqual([
      '.uri: is "ftp://x/", must begin with http:// or https://',
    ])
  })
})
