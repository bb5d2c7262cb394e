export { source } from './webhook-source.ts'
export type { WebhookSourceSpec } from './kind.ts'
