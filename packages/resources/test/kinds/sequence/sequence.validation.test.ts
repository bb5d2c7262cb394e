import { describe, expect, it } from 'vitest'
import { flow, linesOf } from '../../read-text.ts'

const sequence = (spec: string) => linesOf(flow('Sequence', spec))

describe('a Sequence', () => {
  it('stands with one step', async () => {
    expect(await sequence('steps: [{uri: "http://a/"}]')).toEqual([])
  })

  it('needs steps', async () => {
    const message = 'must be a list of one step or more'
    expect(await sequence('reply: {uri: "http://a/"}')).toEqual([
      `-:4: f: spec.steps: is missing, ${message}`,
    ])
    expect(await sequence('steps: []')).toEqual([`-:5: f: spec.steps: is an empty list, ${message}`])
  })

  it('has steps that are Destinations with a delivery beside them', async () => {
    const steps = [
      '- uri: hook',
      '- delivery: {retry: -1}',
      '- uri: http://x/',
      '  audience: me',
      '  retry: 3',
    ]
    expect(await sequence(`steps:\n${steps.join('\n')}`)).toEqual([
      '-:6: f: spec.steps[0].uri: is "hook", a relative one needs a ref beside it; must begin with http:// or https://',
      '-:7: f: spec.steps[1].delivery.retry: is -1, must be at least 0',
      '-:7: f: spec.steps[1]: expected at least one, got none: ref, uri',
      '-:9: f: spec.steps[2].audience: is refused: Millrace does not offer TLS of its own or OIDC tokens yet, and sending without them would be unsafe; leave it out',
      '-:10: f: spec.steps[2].retry: unknown field, the fields here are ref, uri, CACerts, audience, delivery',
    ])
  })

  it('says of a delivery without retry what that means, and that a template has no effect', async () => {
    const spec =
      'channelTemplate: {kind: KafkaChannel}\nsteps: [{uri: "http://a/", delivery: {backoffDelay: PT1S}}]'
    expect(await sequence(spec)).toEqual([
      'notice -:5: f: spec.channelTemplate: has no effect: there is one kind of channel here, and the store is chosen when Millrace is started',
      'warning -:6: f: spec.steps[0].delivery: has no retry, which means 0 retries as in Knative; write retry: 0 if that is meant, or a number',
    ])
  })
})
