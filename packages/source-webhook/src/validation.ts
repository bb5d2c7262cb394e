import type { SourceManifest, SourceReport } from '@millrace/source-sdk'

/** Schemes whose header has a name of its own in each product. */
const withHeader = new Set<unknown>(['stripe', 'hmac', 'token'])
/** Schemes that sign the time. */
const withTime = new Set<unknown>(['standard', 'stripe'])

/** What the schema of a WebhookSource cannot say. */
export function validate({ spec }: SourceManifest, report: SourceReport): void {
  const { scheme, header, tolerance } = mapAt(spec, 'verify')
  if (header !== undefined && !withHeader.has(scheme)) {
    const message = `has no meaning with scheme ${JSON.stringify(scheme)}: stripe, hmac and token have a header to name; leave it out`
    report({ path: 'verify.header', message })
  }
  if (tolerance !== undefined && !withTime.has(scheme)) {
    const message = `has no meaning with scheme ${JSON.stringify(scheme)}: standard and stripe sign the time; leave it out`
    report({ path: 'verify.tolerance', message })
  }
  const event = mapAt(spec, 'event')
  if (mapAt(event, 'id')['value'] !== undefined) {
    const message =
      'is the same for every request, of which only the first would be stored; use a header or a pointer'
    report({ severity: 'warning', path: 'event.id.value', message })
  }
  for (const name of ['type', 'id', 'subject', 'source']) {
    if (event[name] === undefined) continue
    const given = origins.filter((origin) => mapAt(event, name)[origin] !== undefined)
    if (given.length === 1) continue
    const got = given.length === 0 ? 'none' : given.join(', ')
    report({
      path: `event.${name}`,
      message: `expected exactly one of ${origins.join(', ')}, got ${got}`,
    })
  }
}

const origins = ['value', 'header', 'pointer']

function mapAt(value: unknown, key: string): Readonly<Record<string, unknown>> {
  const inner = (value as Readonly<Record<string, unknown>> | undefined)?.[key]
  return typeof inner === 'object' && inner !== null ? (inner as Readonly<Record<string, unknown>>) : {}
}
