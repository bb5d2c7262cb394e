import type { JsonSchema } from '@millrace/source-sdk'

/** The schema of a topic's ID. */
export const topicField: JsonSchema = {
  type: 'string',
  pattern: '^[A-Za-z][A-Za-z0-9._~+%-]*$',
  expected: 'the ID of a topic such as orders, without its project',
}
