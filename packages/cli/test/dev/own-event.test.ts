import { loadManifests } from '@millrace/resources'
import { describe, expect, test } from 'vitest'
import { curl, ownEventFor } from '../../src/dev/own-event.ts'

async function ownEvent(spec: string) {
  const manifests = `apiVersion: eventing.knative.dev/v1\nkind: Trigger\nmetadata: {name: t}\nspec: ${spec}\n`
  const { resources } = await loadManifests(['-'], { env: {}, stdin: async () => manifests })
  return ownEventFor(resources, ['/default/shop', '/default/other'])
}

describe('the event that the greeting shows', () => {
  test.each([
    ['{broker: shop, filter: {attributes: {type: a}}, subscriber: {uri: "http://x"}}', 'a'],
    ['{broker: shop, filters: [{exact: {type: b}}], subscriber: {uri: "http://x"}}', 'b'],
    ['{broker: other, filter: {attributes: {type: a}}, subscriber: {uri: "http://x"}}', 'com.example.hello'],
    ['{broker: shop, subscriber: {uri: "http://x"}}', 'com.example.hello'],
  ])('for a trigger %s is of type %s', async (spec, type) => {
    expect(await ownEvent(spec)).toEqual({ id: 'mine-1', to: '/default/shop', type })
  })

  test('is of the source that the trigger asks for beside the type', async () => {
    const spec = '{broker: shop, filters: [{exact: {type: a, source: /shop}}], subscriber: {uri: "http://x"}}'
    const own = await ownEvent(spec)
    expect(own).toEqual({ id: 'mine-1', to: '/default/shop', type: 'a', source: '/shop' })
    expect(own && curl('http://127.0.0.1:8080', own)).toContain("-H 'ce-source: /shop'")
  })

  test('is none where nothing takes events', () => {
    expect(ownEventFor([], [])).toBeUndefined()
  })
})

test("what sh would read otherwise is quoted, a quote of the type's too", () => {
  const line = curl('http://127.0.0.1:8080', { id: 'mine-1', to: '/default/shop', type: "it's; $(x)" })
  expect(line).toContain(`-H 'ce-type: it'\\''s; $(x)'`)
  expect(line).toContain('curl -i http://127.0.0.1:8080/default/shop ')
})
