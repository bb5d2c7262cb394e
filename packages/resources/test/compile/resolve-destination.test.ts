import { describe, expect, it } from 'vitest'
import type { CompileOptions } from '../../src/index.ts'
import { broker, compileText, documents, trigger } from '../read-text.ts'

/** The destination and the status of a trigger with this subscriber, among these other manifests. */
async function resolve(subscriber: string, options: CompileOptions = {}, ...others: readonly string[]) {
  const text = documents(broker('b'), ...others, trigger(`broker: b\nsubscriber: ${subscriber}`))
  const { topology, statuses } = await compileText(text, options)
  const status = statuses.get('Trigger default/t')
  const condition = status?.conditions.find(({ type }) => type === 'SubscriberResolved')
  return {
    destination: topology.routes.get('/default/b|Trigger|default/t|subscriber')?.destination,
    uri: status?.subscriberUri,
    message: condition?.message,
  }
}

function url(text: string) {
  return { destination: { kind: 'url', url: text }, uri: text, message: undefined }
}

function service(spec: string, namespace = 'default'): string {
  return `apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: ${namespace}}\nspec: ${spec}`
}

const ref = 'ref: {apiVersion: v1, kind: Service, name: web}'

describe('a uri', () => {
  it.each(['http://x', 'https://x:8443/a?b=c', 'HTTP://X/%20'])(
    '%s goes out as it is written',
    async (text) => {
      expect(await resolve(`{uri: "${text}"}`)).toEqual(url(text))
    },
  )

  it.each([
    ['http://user:pass@x/hook', 'http://x/hook', 'user:pass'],
    ['http://user@x/hook', 'http://x/hook', 'user:'],
    ['http://:pass@x/hook', 'http://x/hook', ':pass'],
    ['http://us%40er:p%3Aä@x/?q=a@b', 'http://x/?q=a@b', 'us@er:p:ä'],
  ])('%s is sent with Basic authorization, and shown without', async (text, shown, pair) => {
    expect(await resolve(`{uri: "${text}"}`)).toEqual({
      destination: {
        kind: 'url',
        url: shown,
        authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
      },
      uri: shown,
      message: undefined,
    })
  })
})

describe('a ref to a Service', () => {
  it.each([
    ['{type: ExternalName, externalName: host}', 'http://host'],
    ['{type: ExternalName, externalName: host, ports: [{port: 9000}, {port: 80}]}', 'http://host:9000'],
    ['{type: ExternalName, externalName: host, ports: [{port: 443}]}', 'https://host:443'],
    ['{type: ExternalName, externalName: host, ports: [{port: 8443, name: https}]}', 'https://host:8443'],
  ])('is the external name of %s', async (spec, expected) => {
    expect(await resolve(`{${ref}}`, {}, service(spec))).toEqual(url(expected))
  })

  it.each([
    ['/hook?x=1', 'http://host:9000/hook?x=1'],
    ['hook', 'http://host:9000/hook'],
    ['..//x', 'http://host:9000//x'],
  ])('a relative uri %s is resolved against it', async (uri, expected) => {
    const spec = '{type: ExternalName, externalName: host, ports: [{port: 9000}]}'
    expect(await resolve(`{${ref}, uri: "${uri}"}`, {}, service(spec))).toEqual(url(expected))
  })

  it('in another namespace is that one', async () => {
    const spec = '{type: ExternalName, externalName: host}'
    const other = 'ref: {apiVersion: v1, kind: Service, name: web, namespace: other}'
    expect(await resolve(`{${other}}`, {}, service(spec, 'other'))).toEqual(url('http://host'))
    expect((await resolve(`{${ref}}`, {}, service(spec, 'other'))).destination).toBeUndefined()
  })

  it('without a manifest that gives a URL is what serviceUrlTemplate says', async () => {
    const serviceUrlTemplate = 'http://{name}.{namespace}:8080/base/'
    const expected = url('http://web.default:8080/base/')
    expect(await resolve(`{${ref}}`, { serviceUrlTemplate })).toEqual(expected)
    expect(await resolve(`{${ref}}`, { serviceUrlTemplate }, service('{selector: {app: web}}'))).toEqual(
      expected,
    )
    expect(await resolve(`{${ref}, uri: /x}`, { serviceUrlTemplate })).toEqual(
      url('http://web.default:8080/x'),
    )
  })

  it("of Knative's is the v1 Service of that name, or the template", async () => {
    const knative = '{ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: web}}'
    const spec = '{type: ExternalName, externalName: host}'
    expect(await resolve(knative, {}, service(spec))).toEqual(url('http://host'))
    expect(await resolve(knative, { serviceUrlTemplate: 'http://{name}:8080' })).toEqual(
      url('http://web:8080'),
    )
    expect((await resolve(knative)).message).toBe(
      'services.serving.knative.dev "web" not found, declare a v1 Service of type ExternalName "web" in namespace default, or set --service-url-template, such as http://{name}:8080',
    )
  })

  it('a template that gives no URL is said', async () => {
    expect(await resolve(`{${ref}}`, { serviceUrlTemplate: '{name}:8080' })).toEqual({
      destination: undefined,
      uri: undefined,
      message:
        'services "web" not found, and the template "{name}:8080" gives no URL for it, it must be one such as http://{name}:8080',
    })
  })
})

describe('a ref to a Broker', () => {
  const to = (name: string) => `{ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: ${name}}}`

  it('is a step in the store, shown with the ingress in front', async () => {
    const destination = { kind: 'addressable', path: '/default/other' }
    expect(await resolve(to('other'), { ingressUrl: 'http://localhost:8080/' }, broker('other'))).toEqual({
      destination,
      uri: 'http://localhost:8080/default/other',
      message: undefined,
    })
    expect((await resolve(to('other'), {}, broker('other'))).uri).toBe('/default/other')
  })

  it('that is not there names the nearest', async () => {
    expect((await resolve(to('othr'), {}, broker('other'))).message).toBe(
      'brokers.eventing.knative.dev "othr" not found, did you mean "other"?',
    )
    expect((await resolve(to('zzz'))).message).toBe(
      'brokers.eventing.knative.dev "zzz" not found, declare it in namespace default',
    )
  })
})

describe('with an address for what does not resolve', () => {
  const options: CompileOptions = { unresolvedTo: 'http://localhost:3000' }
  const knative = 'ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: web}'
  const missingBroker = 'ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: absent}'
  const deployment = 'ref: {apiVersion: apps/v1, kind: Deployment, name: web}'

  it.each([ref, knative, missingBroker, deployment])('{%s} goes there', async (to) => {
    expect(await resolve(`{${to}}`, options)).toEqual(url('http://localhost:3000'))
  })

  it.each([
    ['/hook?x=1', 'http://localhost:3000/hook?x=1'],
    ['hook', 'http://localhost:3000/hook'],
  ])('the relative uri %s of its own is kept', async (uri, expected) => {
    for (const to of [ref, knative]) {
      expect(await resolve(`{${to}, uri: "${uri}"}`, options)).toEqual(url(expected))
    }
  })

  it('what resolves, and an absolute uri, stay as they are', async () => {
    const spec = '{type: ExternalName, externalName: host}'
    expect(await resolve(`{${ref}}`, options, service(spec))).toEqual(url('http://host'))
    expect(await resolve('{uri: "http://x"}', options)).toEqual(url('http://x'))
  })
})
