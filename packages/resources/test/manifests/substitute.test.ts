import { describe, expect, it } from 'vitest'
import { linesOf, readText, trigger } from '../read-text.ts'

const env = { HOST: 'sink:8080', EMPTY: '', NUMBER: '3', NESTED: '${HOST}' }

async function uriOf(uri: string): Promise<unknown> {
  const { resources } = await readText(trigger(`broker: b\nsubscriber: {uri: '${uri}'}`), { env })
  return resources[0]?.spec['subscriber']
}

describe('${NAME}', () => {
  it.each([
    ['http://${HOST}/x', 'http://sink:8080/x'],
    ['http://a${EMPTY}/', 'http://a/'],
    ['http://x/$HOST', 'http://x/$HOST'],
    ['http://x/$$', 'http://x/$$'],
  ])('%s becomes %s', async (text, expected) => {
    expect(await uriOf(text)).toEqual({ uri: expected })
  })

  it('$${ is a literal, and what a variable holds is not looked at again', async () => {
    const text = trigger(
      "broker: b\nsubscriber: {uri: 'http://x/'}\nfilter: {attributes: {a: '$${HOST}', b: '${NESTED}', c: '${HOST}$${${NUMBER}'}}",
    )
    const { resources } = await readText(text, { env })
    expect(resources[0]?.spec['filter']).toEqual({
      attributes: { a: '${HOST}', b: '${HOST}', c: 'sink:8080${3' },
    })
  })

  it('that is not set is an error, at each place', async () => {
    const spec = "broker: '${NO}'\nsubscriber:\n  uri: 'http://${NOPE}/'"
    expect(await linesOf(trigger(spec), { env })).toEqual([
      '-:5: t: spec.broker: ${NO} is not set in the environment; set it, or write $${NO} for the text itself',
      '-:7: t: spec.subscriber.uri: ${NOPE} is not set in the environment; set it, or write $${NOPE} for the text itself',
    ])
  })

  it.each(['${}', '${a-b}', '${1A}', '${A', '${ A }'])('%s is an error, it is no name', async (text) => {
    expect(await linesOf(trigger(`broker: b\nsubscriber: {uri: 'http://x/${text}'}`), { env })).toEqual([
      '-:6: t: spec.subscriber.uri: has a ${ that is no ${NAME} (letters, digits and "_"); write $${ for the text itself',
    ])
  })

  it('is not found among what objects have of themselves', async () => {
    expect(await linesOf(trigger("broker: '${constructor}'\nsubscriber: {uri: 'http://x/'}"))).toEqual([
      '-:5: t: spec.broker: ${constructor} is not set in the environment; set it, or write $${constructor} for the text itself',
    ])
  })

  it('stays a text: it is replaced after the YAML is parsed', async () => {
    const spec = "broker: b\nsubscriber: {uri: 'http://x/'}\ndelivery: {retry: '${NUMBER}'}"
    expect(await linesOf(trigger(spec), { env })).toEqual([
      '-:7: t: spec.delivery.retry: is "3", must be a whole number',
    ])
  })

  it('is left alone in CESQL at any depth, and replaced in an attribute that is called cesql', async () => {
    const spec = `broker: b
subscriber: {uri: 'http://x/'}
filters:
- cesql: "type = '\${HOST}'"
- any:
  - not: {cesql: "type = '\${NO}'"}
  - exact: {cesql: '\${HOST}'}`
    const { resources, findings } = await readText(trigger(spec), { env })
    expect(findings).toEqual([])
    expect(resources[0]?.spec['filters']).toEqual([
      { cesql: "type = '${HOST}'" },
      { any: [{ not: { cesql: "type = '${NO}'" } }, { exact: { cesql: 'sink:8080' } }] },
    ])
  })

  it('is left alone in keys', async () => {
    const spec = "broker: b\nsubscriber: {uri: 'http://x/'}\n'${HOST}': 1"
    expect(await linesOf(trigger(spec), { env })).toEqual([
      '-:7: t: spec.${HOST}: unknown field, the fields here are broker, brokerRef, filter, filters, subscriber, delivery',
    ])
  })
})
