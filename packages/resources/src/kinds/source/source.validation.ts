import { quote } from '../../quote.ts'
import { validateDelivery } from '../delivery.validation.ts'
import { validateDestination } from '../destination.validation.ts'
import type { Manifest } from '../kind.ts'
import type { Report } from '../report.ts'
import { mapAt } from '../shape.ts'

/** The context attributes of CloudEvents 1.0 and 0.3, and what the JSON format calls the data. */
const context: readonly string[] = [
  'specversion',
  'id',
  'source',
  'type',
  'subject',
  'time',
  'datacontenttype',
  'dataschema',
  'schemaurl',
  'datacontentencoding',
  'data',
]

/** What the schema of any source cannot say: about its sink, and what it sets on events. */
export function validateSource({ value }: Manifest, report: Report): void {
  const spec = mapAt(value, 'spec')
  validateDestination(spec['sink'], 'spec.sink', report)
  validateDelivery(spec['delivery'], 'spec.delivery', report)
  const extensions = mapAt(mapAt(spec, 'ceOverrides'), 'extensions')
  for (const [name, text] of Object.entries(extensions)) {
    const path = `spec.ceOverrides.extensions.${name}`
    if (!/^[a-z0-9]+$/.test(name))
      report({ path, message: 'is no attribute name, must be lower-case letters and digits' })
    else if (context.includes(name))
      report({ path, message: 'is an attribute that the source sets itself, must be an extension' })
    // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
    else if (typeof text === 'string' && /[\u0000-\u001f\u007f-\u009f]/.test(text))
      report({ path, message: `is ${quote(text)}, must be text without control characters` })
  }
}
