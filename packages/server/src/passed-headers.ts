/** Headers that travel with an event besides its attributes (Knative: tracing, `knative-*`, request ids). */
const passed = /^(?:x-request-id|traceparent|tracestate|knative-.*|x-b3-.*)$/

/** Of a flat list of raw headers, those that are passed on to subscribers and with replies. */
export function passedHeaders(rawHeaders: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const raw = rawHeaders[index] ?? ''
    if (!mayPass(raw.charCodeAt(0) | 0x20)) continue
    const name = raw.toLowerCase()
    if (!passed.test(name)) continue
    const value = rawHeaders[index + 1] ?? ''
    // a header sent in several lines is one list (RFC 9110, 5.3), as tracestate may be
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  }
  return headers
}

/** By its first letter, k, t or x: the others need no closer look. */
function mayPass(letter: number): boolean {
  return letter === 0x6b || letter === 0x74 || letter === 0x78
}
