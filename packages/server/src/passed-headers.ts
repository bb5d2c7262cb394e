/** Headers that travel with an event besides its attributes (Knative: tracing, `knative-*`, request ids). */
const passed = /^(?:x-request-id|traceparent|tracestate|knative-.*|x-b3-.*)$/

/** Of a flat list of raw headers, those that are passed on to subscribers and with replies. */
export function passedHeaders(rawHeaders: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase()
    if (!passed.test(name)) continue
    const value = rawHeaders[index + 1] ?? ''
    // a header sent in several lines is one list (RFC 9110, 5.3), as tracestate may be
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  }
  return headers
}
