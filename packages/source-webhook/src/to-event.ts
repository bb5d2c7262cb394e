import { randomUUID } from 'node:crypto'
import {
  asAttributeText,
  eventOf,
  type Emission,
  type Named,
  type WebhookAnswer,
  type WebhookRequest,
} from '@millrace/source-sdk'
import { GITLAB_EVENT, gitLabEventName } from './gitlab-event.ts'
import { readJson, textAtPointer, type JsonDocument } from './json-pointer.ts'
import { defaultSource, type Origin, type WebhookSourceSpec } from './kind.ts'

/** What a verified request came to: an event, or the answer that says why there is none. */
export type ReadEvent = { readonly kind: 'event'; readonly emission: Emission } | WebhookAnswer

type Rules = WebhookSourceSpec['event']
type Attribute = keyof Rules

/** Makes an event of a request, as the manifest says; the body is parsed only where a pointer leads into it. */
export function toEvent(
  { event: rules }: WebhookSourceSpec,
  named: Named,
  request: WebhookRequest,
): ReadEvent {
  const { headers, body } = request
  const contentType = headers['content-type']
  let document: JsonDocument | undefined
  if (Object.values(rules).some(({ pointer }) => pointer !== undefined)) {
    if (!isJson(contentType)) return notJson(contentType)
    document = readJson(body)
    if (document === undefined) return { kind: 'malformed', detail: 'the body is not JSON in UTF-8' }
  }
  const found = (attribute: Attribute): string | undefined =>
    rules[attribute] && textOf(rules[attribute], headers, document)
  const [type, id, source, subject] = [found('type'), found('id'), found('source'), found('subject')]
  if (type === undefined) return missing('type', rules.type)
  if (id === undefined && rules.id !== undefined) return missing('id', rules.id)
  if (source === undefined && rules.source !== undefined) return missing('source', rules.source)
  const event = eventOf({
    id: id ?? randomUUID(),
    source: source ?? defaultSource(named),
    type: (rules.type.prefix ?? '') + type,
    attributes: {
      subject: subject === undefined ? undefined : asAttributeText(subject),
      datacontenttype: contentType,
      comgitlabevent: namesGitLabEvent(rules.type) ? headers[GITLAB_EVENT] : undefined,
    },
    ...(body.length > 0 && { data: body }),
  })
  return { kind: 'event', emission: { event, ...(id !== undefined && { dedupe: id }) } }
}

/** What an attribute's origin says of this request; an empty text is none. */
function textOf(
  origin: Origin,
  headers: Readonly<Record<string, string>>,
  document: JsonDocument | undefined,
): string | undefined {
  const { value, header, pointer } = origin
  const text = value ?? (header === undefined ? undefined : headers[header.toLowerCase()])
  if (namesGitLabEvent(origin)) return text === undefined ? undefined : gitLabEventName(text)
  if (pointer === undefined || document === undefined) return text === '' ? undefined : text
  return textAtPointer(document, pointer) || undefined
}

function namesGitLabEvent({ header }: Origin): boolean {
  return header?.toLowerCase() === GITLAB_EVENT
}

function missing(attribute: Attribute, { header, pointer }: Origin): WebhookAnswer {
  const place =
    header === undefined
      ? `${pointer === '' ? 'the body itself' : pointer} is no text, number or boolean of the body`
      : `the header ${header} is missing${header.toLowerCase() === GITLAB_EVENT ? ' or does not end in " Hook"' : ''}`
  return { kind: 'malformed', detail: `there is no ${attribute}: ${place}` }
}

function isJson(contentType: string | undefined): boolean {
  return /^[^;]+[/+]json *(;|$)/i.test(contentType ?? '')
}

function notJson(contentType: string | undefined): WebhookAnswer {
  const found = contentType === undefined ? 'there is no content-type' : `content-type is ${contentType}`
  return {
    kind: 'unsupported-media-type',
    detail: `${found}: this source reads the body, which must be application/json`,
  }
}
