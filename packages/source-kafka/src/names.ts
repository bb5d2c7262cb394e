/** The schema of a broker's address. */
export const addressSchema = {
  type: 'string',
  pattern: '^(\\[[0-9A-Fa-f:.]+\\]|[^\\s:/,]+):\\d{1,5}$',
  expected: 'HOST:PORT such as kafka:9092',
}

/** The schema of a topic's name. */
export const topicSchema = {
  type: 'string',
  pattern: '^(?!\\.{1,2}$)[A-Za-z0-9._-]{1,249}$',
  expected: 'the name of a topic such as clicks',
}
