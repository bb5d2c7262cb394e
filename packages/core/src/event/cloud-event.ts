/**
 * A context attribute's value. Attributes read from HTTP headers are strings; the JSON format also
 * carries Integer and Boolean as such (CloudEvents 1.0.2, JSON format, 2.2).
 */
export type AttributeValue = string | number | boolean

/**
 * Context attributes by name: `specversion`, `id`, `source`, `type`, the optional ones and extensions.
 * Text is kept as it came. The object inherits nothing, so that a name such as `constructor` is only
 * ever what a producer sent.
 */
export type Attributes = Readonly<Record<string, AttributeValue>>

/**
 * How `data` is held: `binary`, the payload's own bytes; `json`, the text of the JSON format's `data`
 * member as it stood in the message (the payload itself unless the content type is not JSON, in which
 * case a JSON string stands for its text).
 */
export type DataForm = 'binary' | 'json'

/** One CloudEvent: its attributes and its data as raw bytes, never parsed. */
export interface CloudEvent {
  readonly attributes: Attributes
  readonly data: Uint8Array | undefined
  readonly dataForm: DataForm
}
