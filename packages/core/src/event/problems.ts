/**
 * Every answer that is not an acceptance, by its code: status and title (RFC 9457). Codes are for ever;
 * one that is no longer given stays here, marked as retired.
 */
export const problems = {
  // the message as a whole
  'not-a-cloudevent': { status: 400, title: 'Not a CloudEvent' },
  'unsupported-media-type': { status: 415, title: 'CloudEvents media type not supported' },
  'content-encoding': { status: 415, title: 'Content encoding not supported' },
  'malformed-json': { status: 400, title: 'Malformed JSON' },
  'invalid-utf8': { status: 400, title: 'Not UTF-8' },
  'not-an-object': { status: 400, title: 'Event is not a JSON object' },
  'not-an-array': { status: 400, title: 'Batch is not a JSON array' },
  'too-many-events': { status: 413, title: 'Too many events in a batch' },
  'mixed-specversions': { status: 400, title: 'Batch mixes versions of the specification' },
  // one attribute
  'missing-attribute': { status: 400, title: 'Required attribute missing' },
  'unknown-specversion': { status: 400, title: 'Unknown version of the specification' },
  'attribute-name': { status: 400, title: 'Invalid attribute name' },
  'attribute-type': { status: 400, title: 'Invalid attribute type' },
  'attribute-value': { status: 400, title: 'Invalid attribute value' },
  'attribute-character': { status: 400, title: 'Disallowed character in an attribute' },
  'reserved-attribute': { status: 400, title: 'Reserved attribute name' },
  'duplicate-attribute': { status: 400, title: 'Attribute given twice' },
  'duplicate-header': { status: 400, title: 'Header given twice' },
  // the data
  'data-conflict': { status: 400, title: 'Both data and data_base64' },
  'data-type': { status: 400, title: 'Data does not fit its content type' },
  'data-base64': { status: 400, title: 'Data is not base64' },
  // a webhook
  'no-such-source': { status: 404, title: 'No source is called here' },
  signature: { status: 401, title: 'Signature or credentials not valid' },
  'malformed-delivery': { status: 400, title: 'Delivery cannot become an event' },
  'media-type': { status: 415, title: 'Media type not supported' },
  // what the broker decides
  'ttl-spent': { status: 400, title: 'Event has made too many hops' },
  'bad-request': { status: 400, title: 'Malformed HTTP request' },
  unauthorized: { status: 401, title: 'Not authorized' },
  'no-such-addressable': { status: 404, title: 'Nothing receives events here' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'request-timeout': { status: 408, title: 'Request took too long' },
  'too-large': { status: 413, title: 'Body too large' },
  'over-share': { status: 429, title: 'Over its share of the store' },
  'headers-too-large': { status: 431, title: 'Headers too large' },
  internal: { status: 500, title: 'Internal error' },
  'transfer-encoding': { status: 501, title: 'Transfer coding not supported' },
  'secret-missing': { status: 503, title: 'Secret not there' },
  'store-unavailable': { status: 503, title: 'Store not available' },
  busy: { status: 503, title: 'Too much at once' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>>

export type ProblemCode = keyof typeof problems

/** Why something was not taken: what a problem answer says (RFC 9457). */
export interface Problem {
  readonly code: ProblemCode
  readonly status: number
  readonly title: string
  /** A sentence with the attribute, the rule and the value. */
  readonly detail: string
  /** The attribute that it is about. */
  readonly attribute?: string
  /** The event of a batch that it is about, from 0. */
  readonly index?: number
}

export function problem(code: ProblemCode, detail: string, attribute?: string): Problem {
  const { status, title } = problems[code]
  return attribute === undefined
    ? { code, status, title, detail }
    : { code, status, title, detail, attribute }
}
