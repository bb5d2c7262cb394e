import { describe, expect, it } from 'vitest'
import { broker, compileText, documents, trigger } from '../../read-text.ts'

async function statusOf(key: string, ...texts: readonly string[]) {
  const { statuses } = await compileText(documents(...texts), { ingressUrl: 'http://localhost:8080' })
  return statuses.get(key)
}

async function conditionsOf(key: string, ...texts: readonly string[]) {
  const status = await statusOf(key, ...texts)
  return Object.fromEntries((status?.conditions ?? []).map(({ type, ...rest }) => [type, rest]))
}

const uri = 'subscriber: {uri: "http://user:secret@sink/"}'
const dependency = (kind: string, name: string) =>
  `name: t, annotations: {knative.dev/dependency: '{"apiVersion":"eventing.knative.dev/v1","kind":"${kind}","name":"${name}"}'}`

describe('the status of a Trigger', () => {
  it("has Knative's conditions and URLs without credentials", async () => {
    const spec = `broker: b\n${uri}\ndelivery: {retry: 1, deadLetterSink: {uri: "http://u:p@dead/"}}`
    expect(await statusOf('Trigger default/t', broker('b'), trigger(spec))).toEqual({
      conditions: [
        { type: 'BrokerReady', status: 'True' },
        { type: 'DeadLetterSinkResolved', status: 'True' },
        { type: 'DependencyReady', status: 'True' },
        {
          type: 'OIDCIdentityCreated',
          status: 'True',
          reason: 'authentication-oidc feature disabled',
          message: '',
        },
        { type: 'Ready', status: 'True' },
        { type: 'SubscriberResolved', status: 'True' },
        { type: 'SubscriptionReady', status: 'True' },
      ],
      subscriberUri: 'http://sink/',
      deadLetterSinkUri: 'http://dead/',
    })
  })

  it("shows the Broker's dead-letter sink where it has none", async () => {
    const spec = '{delivery: {retry: 1, deadLetterSink: {uri: "http://dead/"}}}'
    const status = await statusOf('Trigger default/t', broker('b', spec), trigger(`broker: b\n${uri}`))
    expect(status?.deadLetterSinkUri).toBe('http://dead/')
  })

  it('without its Broker is not Ready, BrokerDoesNotExist', async () => {
    const missing = { status: 'False', reason: 'BrokerDoesNotExist', message: 'Broker "b" does not exist' }
    expect(await conditionsOf('Trigger default/t', trigger(`broker: b\n${uri}`))).toMatchObject({
      BrokerReady: missing,
      Ready: missing,
      SubscriptionReady: { status: 'Unknown', reason: 'SubscriptionNotConfigured' },
      SubscriberResolved: { status: 'True' },
    })
  })

  it('carries why its Broker is not Ready', async () => {
    const sink = '{ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: zzz}}'
    const conditions = await conditionsOf(
      'Trigger default/t',
      broker('b', `{delivery: {retry: 1, deadLetterSink: ${sink}}}`),
      trigger(`broker: b\n${uri}`),
    )
    expect(conditions['BrokerReady']).toEqual({
      status: 'False',
      reason: "Unable to get the dead letter sink's URI",
      message: 'brokers.eventing.knative.dev "zzz" not found, declare it in namespace default',
    })
  })

  it('whose subscriber does not resolve says what to do', async () => {
    const spec = 'broker: b\nsubscriber: {ref: {apiVersion: v1, kind: Service, name: web}}'
    const unresolved = {
      status: 'False',
      reason: "Unable to get the Subscriber's URI",
      message:
        'services "web" not found, declare a v1 Service of type ExternalName "web" in namespace default, or set --service-url-template, such as http://{name}:8080',
    }
    expect(await conditionsOf('Trigger default/t', broker('b'), trigger(spec))).toMatchObject({
      SubscriberResolved: unresolved,
      Ready: unresolved,
      SubscriptionReady: { status: 'True' },
    })
  })

  it('is Ready only when its dependency is', async () => {
    const spec = `broker: b\n${uri}`
    const sink = '{ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: zzz}}'
    const unready = broker('dep', `{delivery: {retry: 1, deadLetterSink: ${sink}}}`)
    const withDependency = (...others: readonly string[]) =>
      conditionsOf('Trigger default/t', broker('b'), trigger(spec, dependency('Broker', 'dep')), ...others)
    expect((await withDependency(broker('dep')))['DependencyReady']).toEqual({ status: 'True' })
    expect((await withDependency(unready))['DependencyReady']?.status).toBe('False')
    expect((await withDependency())['Ready']).toEqual({
      status: 'False',
      reason: 'DependencyDoesNotExist',
      message:
        'Dependency does not exist: brokers.eventing.knative.dev "dep" not found, declare it in namespace default',
    })
  })
})
