import type { Addressable, EventRecord } from '@millrace/core'
import { IngressServer, type IngressOptions } from '../../src/ingress/ingress-server.ts'
import { createChannels } from '../../src/observability/channels.ts'
import { brokerWith, compiled } from '../topology-of.ts'

const { topology } = await compiled(
  ['default', 'shop'].map((namespace) => brokerWith(namespace, [])).join('---\n'),
)

export interface LoggedError {
  readonly fields: object
  readonly message: string
}

/** An ingress on a free port that keeps what it accepts, for `/default/default` and `/shop/default`. */
export interface TestIngress extends AsyncDisposable {
  readonly server: IngressServer
  readonly url: string
  readonly port: number
  readonly accepted: { readonly addressable: Addressable; readonly record: EventRecord }[]
  readonly errors: LoggedError[]
}

export async function startIngress(options: Partial<IngressOptions> = {}): Promise<TestIngress> {
  const accepted: TestIngress['accepted'] = []
  const errors: LoggedError[] = []
  const server = new IngressServer({
    listen: { host: '127.0.0.1', port: 0 },
    addressables: () => topology.addressables,
    accept: async (addressable, records) => {
      for (const record of records) accepted.push({ addressable, record })
      return { kind: 'accepted' }
    },
    channels: createChannels(),
    log: { error: (fields, message) => errors.push({ fields, message }) },
    ...options,
  })
  const url = await server.start()
  return {
    server,
    url,
    port: Number(new URL(url).port),
    accepted,
    errors,
    [Symbol.asyncDispose]: () => server.stop(AbortSignal.abort()),
  }
}
