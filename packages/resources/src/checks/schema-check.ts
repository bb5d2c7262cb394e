import { parseDuration } from '@millrace/core'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { ValidateFunction } from 'ajv'
import { filterSchema } from '../kinds/filter.schema.ts'
import type { Kind } from '../kinds/kind.ts'
import type { Problem } from '../kinds/report.ts'
import { problemOf } from './schema-problem.ts'

const ajv = new Ajv2020({ allErrors: true, verbose: true, strict: true, validateFormats: true })
ajv.addKeyword({ keyword: 'expected', schemaType: 'string' })
// Both "fail" so that they come out with everything else; schema-problem.ts says what they mean.
ajv.addKeyword({ keyword: 'inert', schemaType: 'string', validate: () => false })
ajv.addKeyword({ keyword: 'refused', schemaType: 'string', validate: () => false })
ajv.addKeyword({ keyword: 'secret', schemaType: 'boolean' })
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
// as Go's decoder: line breaks are passed over, long texts are wrapped in manifests
ajv.addFormat('base64', (text: string) => base64.test(text.replaceAll(/[\r\n]/g, '')))
ajv.addFormat('duration', (text) => parseDuration(text) !== undefined)
ajv.addFormat('positive-duration', (text) => (parseDuration(text) ?? 0) > 0)
ajv.addSchema(filterSchema, 'filter')

const compiled = new Map<Kind, ValidateFunction>()

/** Everything that the kind's schema has to say about a manifest. */
export function checkSchema(kind: Kind, value: unknown): Problem[] {
  let check = compiled.get(kind)
  if (check === undefined) {
    check = ajv.compile(kind.schema)
    compiled.set(kind, check)
  }
  check(value)
  return (check.errors ?? []).map(problemOf)
}
