/** An event as a test writes it: attributes by name, and its data. */
export interface TestEvent {
  readonly id?: string
  readonly source?: string
  readonly type?: string
  readonly specversion?: string
  readonly datacontenttype?: string
  /** Text and bytes go as they are, anything else as JSON. */
  readonly data?: unknown
  readonly [extension: string]: unknown
}

/** An HTTP message in binary mode. */
export interface BinaryMessage {
  readonly headers: Record<string, string>
  readonly body: string | Uint8Array | undefined
}

let lastId = 0

/** The event in binary mode; what it leaves out (id, source, type) is filled in. */
export function binaryMessage(event: TestEvent): BinaryMessage {
  const { data, datacontenttype, ...given } = event
  const defaults = { specversion: '1.0', source: '/test', type: 'test.event' }
  const attributes: Record<string, unknown> = { ...defaults, ...given, id: given.id ?? nextId() }
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(attributes)) headers[`ce-${name}`] = String(value)
  if (data !== undefined) headers['content-type'] = datacontenttype ?? 'application/json'
  const asIs = data === undefined || typeof data === 'string' || data instanceof Uint8Array
  return { headers, body: asIs ? data : JSON.stringify(data) }
}

function nextId(): string {
  lastId += 1
  return `${process.pid}-${lastId}`
}
