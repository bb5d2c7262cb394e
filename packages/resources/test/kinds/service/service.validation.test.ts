import { describe, expect, it } from 'vitest'
import { linesOf } from '../../read-text.ts'

function service(spec: string): string {
  return `apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: ${spec}`
}

describe('a Service', () => {
  it.each([
    '{type: ExternalName, externalName: sink.example.com}',
    '{type: ExternalName, externalName: 127.0.0.1, ports: [{port: 9000}]}',
    '{type: ExternalName, externalName: flaky_sink, ports: [{port: 443, name: https}, {port: 80}]}',
  ])('may be %s', async (spec) => {
    expect(await linesOf(service(spec))).toEqual([])
  })

  it.each([
    [
      '{type: ExternalName}',
      'spec.externalName: is missing, must be the host name that the Service stands for',
    ],
    ['{externalName: x}', 'spec.externalName: needs type: ExternalName beside it'],
    [
      '{type: ExternalName, externalName: "http://x"}',
      'spec.externalName: is "http://x", must be a host name or an IPv4 address, without scheme and port',
    ],
    [
      '{type: ExternalName, externalName: 1.2.3.4.5}',
      'spec.externalName: is "1.2.3.4.5", must be a host name or an IPv4 address',
    ],
    [
      '{type: ExternalName, externalName: x, ports: [{port: 0}]}',
      'spec.ports[0].port: is 0, must be at least 1',
    ],
    [
      '{type: ExternalName, externalName: x, ports: [{prt: 1}]}',
      'spec.ports[0].prt: unknown field, did you mean "port"?',
    ],
    [
      '{type: External, externalName: x}',
      'spec.type: is "External", must be ClusterIP, ExternalName, LoadBalancer or NodePort',
    ],
    ['{xyzzy: 1}', 'spec.xyzzy: unknown field, the fields here are type, externalName, ports'],
  ])('may not be %s', async (spec, expected) => {
    expect(await linesOf(service(spec))).toContain(`-:4: s: ${expected}`)
  })

  it('of another type is accepted and has no effect', async () => {
    expect(await linesOf(service('{selector: {app: x}, ports: [{port: 80, targetPort: 8080}]}'))).toEqual([
      'notice -:4: s: spec.ports[0].targetPort: has no effect: only externalName and the first port give a URL',
      'notice -:4: s: spec.selector: has no effect: only externalName and the first port give a URL',
      'notice -:4: s: spec: has no effect: Millrace runs no Services, only those of type ExternalName give a URL',
    ])
  })
})
