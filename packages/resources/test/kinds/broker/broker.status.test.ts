import { describe, expect, it } from 'vitest'
import { broker, compileText } from '../../read-text.ts'

async function statusOf(text: string) {
  const { statuses } = await compileText(text, { ingressUrl: 'http://localhost:8080' })
  return statuses.get('Broker default/b')
}

describe('the status of a Broker', () => {
  it("has Knative's conditions, sorted, all True", async () => {
    expect(await statusOf(broker('b'))).toEqual({
      conditions: [
        { type: 'Addressable', status: 'True' },
        {
          type: 'DeadLetterSinkResolved',
          status: 'True',
          reason: 'DeadLetterSinkNotConfigured',
          message: 'No dead letter sink is configured.',
        },
        {
          type: 'EventPoliciesReady',
          status: 'True',
          reason: 'OIDCDisabled',
          message: 'Feature "authentication-oidc" must be enabled to support Authorization',
        },
        { type: 'FilterReady', status: 'True' },
        { type: 'IngressReady', status: 'True' },
        { type: 'Ready', status: 'True' },
        { type: 'TriggerChannelReady', status: 'True' },
      ],
      address: { name: 'http', url: 'http://localhost:8080/default/b' },
    })
  })

  it('is not Ready while the Secret of its token is missing', async () => {
    const text = broker('b').replace('name: b', 'name: b, annotations: {millrace.dev/ingress-token: s/k}')
    const failed = {
      status: 'False',
      reason: 'IngressTokenMissing',
      message: 'secrets "s" not found, declare it in namespace default',
    }
    const status = await statusOf(text)
    expect(status?.conditions).toContainEqual({ type: 'IngressReady', ...failed })
    expect(status?.conditions).toContainEqual({ type: 'Ready', ...failed })
  })

  it('is not Ready while its dead-letter sink does not resolve', async () => {
    const sink = '{ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: zzz}}'
    const status = await statusOf(broker('b', `{delivery: {retry: 1, deadLetterSink: ${sink}}}`))
    const failed = {
      status: 'False',
      reason: "Unable to get the dead letter sink's URI",
      message: 'brokers.eventing.knative.dev "zzz" not found, declare it in namespace default',
    }
    expect(status?.conditions).toContainEqual({ type: 'DeadLetterSinkResolved', ...failed })
    expect(status?.conditions).toContainEqual({ type: 'Ready', ...failed })
  })
})
