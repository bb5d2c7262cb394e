import { asAttributeText, eventOf, type CloudEvent } from '@millrace/source-sdk'
import { extensionsOf } from './extensions.ts'
import type { Payload } from './payload.ts'
import { subjectOf } from './subject.ts'

/** One delivery of a webhook, verified and parsed. */
export interface Delivery {
  /** `X-GitHub-Event`. */
  readonly event: string
  /** `X-GitHub-Delivery`. */
  readonly id: string
  readonly payload: Payload
  /** The payload's bytes, which are passed on as they came. */
  readonly data: Uint8Array
}

/** What GitHub reports as one CloudEvent, with the attributes that Knative's GitHubSource gives it. */
export function toEvent(ownerAndRepository: string, { event, id, payload, data }: Delivery): CloudEvent {
  const subject = subjectOf(event, payload)
  return eventOf({
    id,
    source: eventSource(ownerAndRepository),
    type: eventType(event),
    attributes: {
      subject: subject === undefined ? undefined : asAttributeText(subject),
      datacontenttype: 'application/json',
      ...extensionsOf(event, payload),
    },
    data,
  })
}

export function eventType(event: string): string {
  return `dev.knative.source.github.${event}`
}

/** The prefix is the same for GitHub Enterprise. */
export function eventSource(ownerAndRepository: string): string {
  return `https://github.com/${ownerAndRepository}`
}
