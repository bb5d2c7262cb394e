import type { Problem } from '@millrace/core'
import type { WebhookRequest } from '@millrace/source-sdk'

/** What a webhook is answered. */
export type WebhookReply =
  | {
      readonly kind: 'reply'
      readonly status: number
      readonly contentType?: string
      readonly body?: string
    }
  /** With further headers, flat. */
  | { readonly kind: 'problem'; readonly problem: Problem; readonly headers: readonly string[] }

/** A source that is called, as the ingress port sees it. */
export interface Webhook {
  readonly methods: readonly string[]
  /** The ingress's own limit where undefined. */
  readonly bodyLimitBytes: number | undefined
  handle(request: WebhookRequest): Promise<WebhookReply>
  /** A body was refused by its size, before or while it was read. */
  tooLarge(detail: string): void
}

/** The sources that are called, by namespace and name. */
export type FindWebhook = (namespace: string, name: string) => Webhook | undefined
