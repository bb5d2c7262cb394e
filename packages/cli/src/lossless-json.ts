/**
 * JSON whose numbers keep their digits when it is written again: an event's data is shown as it was
 * sent, `12345678901234567890` and `1.0` too. Such numbers are opaque objects.
 */
export function parseLossless(text: string): unknown {
  return JSON.parse(text, keepSource as (key: string, value: unknown) => unknown)
}

function keepSource(_: string, value: unknown, context: { readonly source?: string }): unknown {
  const { source } = context
  if (typeof value !== 'number' || source === undefined || source === String(value)) return value
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(source)
}
