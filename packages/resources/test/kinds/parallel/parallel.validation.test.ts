import { describe, expect, it } from 'vitest'
import { flow, linesOf } from '../../read-text.ts'

const parallel = (spec: string) => linesOf(flow('Parallel', spec))

describe('a Parallel', () => {
  it('stands with one branch that has a subscriber', async () => {
    expect(await parallel('branches: [{subscriber: {uri: "http://a/"}}]')).toEqual([])
  })

  it('needs branches, each with a subscriber', async () => {
    const message = 'must be a list of one branch or more'
    expect(await parallel('branches: []')).toEqual([`-:5: f: spec.branches: is an empty list, ${message}`])
    expect(await parallel('branches:\n- filter: {uri: "http://a/"}')).toEqual([
      '-:6: f: spec.branches[0].subscriber: is missing, must be a map',
    ])
  })

  it('has Destinations and a DeliverySpec in each branch', async () => {
    const branch = [
      '- filter: {uri: a}',
      '  subscriber: {uri: b}',
      '  reply: {}',
      '  delivery: {timeout: PT0S}',
    ]
    expect(await parallel(`branches:\n${branch.join('\n')}`)).toEqual([
      '-:6: f: spec.branches[0].filter.uri: is "a", a relative one needs a ref beside it; must begin with http:// or https://',
      '-:7: f: spec.branches[0].subscriber.uri: is "b", a relative one needs a ref beside it; must begin with http:// or https://',
      '-:8: f: spec.branches[0].reply: expected at least one, got none: ref, uri',
      '-:9: f: spec.branches[0].delivery.timeout: is "PT0S", must be an ISO 8601 duration above zero such as PT30S',
      'warning -:9: f: spec.branches[0].delivery: has no retry, which means 0 retries as in Knative; write retry: 0 if that is meant, or a number',
    ])
  })
})
