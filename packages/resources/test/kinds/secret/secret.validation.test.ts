import { describe, expect, it } from 'vitest'
import { linesOf, readText } from '../../read-text.ts'

function secret(rest: string): string {
  return `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n${rest}`
}

describe('a Secret', () => {
  it('has its values as text, stringData over data', async () => {
    const { resources, findings } = await readText(
      secret('data: {a: w6Q=, b: b2xk}\nstringData: {b: "${NEW}", c: ""}'),
      { env: { NEW: 'new' } },
    )
    expect(findings).toEqual([])
    expect(resources[0]?.spec).toEqual({ data: { a: 'ä', b: 'new', c: '' } })
  })

  it.each([
    [
      'data: {k: hunter2!}',
      'data.k: is something else, must be text in base64 (stringData takes plain text)',
    ],
    ['stringData: {k: 12345}', 'stringData.k: is no text, must be a text (in quotes)'],
    ['data: {k: {a: hunter2}}', 'data.k: is no text, must be text in base64 (stringData takes plain text)'],
    [
      'stringData: {"my key": hunter2}',
      'stringData.my key: is no name here, must be letters, digits, "-", "_" and ".", at most 253',
    ],
    ['dat: {}', 'dat: unknown field, did you mean "data"?'],
  ])('%s is refused without its value', async (rest, expected) => {
    const lines = (await linesOf(secret(rest))).filter((line) => !line.startsWith('warning'))
    expect(lines).toEqual([`-:4: s: ${expected}`])
    expect(lines.join()).not.toMatch(/hunter2|12345/)
  })

  it('with nothing in it is worth a warning', async () => {
    expect(await linesOf(secret('type: Opaque'))).toEqual([
      'warning -:1: s: has neither data nor stringData, so nothing can be read from it',
      'notice -:4: s: type: has no effect: a Secret is its keys and values',
    ])
  })
})
