import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile, formatFinding } from '../../src/index.ts'
import { readText } from '../read-text.ts'

/** What YAML and manifests are made of; items are parted by `;`. */
const words =
  'apiVersion: ;kind: ;metadata: ;spec: ;v1;List;items: ;Trigger;Broker;Secret;Service;eventing.knative.dev/v1;name: ;a;' +
  'filters: ;cesql: ;exact: ;subscriber: ;uri: ;ref: ;http://u:p@x/;delivery: ;retry: ;annotations: ;millrace.dev/in-flight: ;' +
  'knative.dev/dependency: ;externalName: ;ports: ;data: ;stringData: ;- ;  ;\n;\n  ;\n    ;---\n;&a ;*a;<<: ;!!binary ;!x ;' +
  '";\';[;];{;},;\t;| ;> ;#;? ;: ;%YAML 1.1\n;null;~;1e999;0x;.nan;${A};$${;${;\u0000;\ud800;\u2028'

const soup = fc
  .array(fc.constantFrom(...words.split(';')), { maxLength: 60 })
  .map((chosen) => chosen.join(''))
const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), soup)

const fields =
  'broker brokerRef filter filters attributes exact all not cesql subscriber ref uri delivery retry deadLetterSink timeout ' +
  'name namespace kind __proto__ annotations labels externalName ports type data stringData config apiVersion'

const leaf = fc.oneof(
  fc.constantFrom('http://x/', '/x', '', 'PT1S', 'Broker', 'default', '${A}'),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
)
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    leaf,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...fields.split(' ')), tie('tree'), { maxKeys: 5 }),
  ),
}))
const kind = fc.constantFrom(
  ['eventing.knative.dev/v1', 'Broker'],
  ['eventing.knative.dev/v1', 'Trigger'],
  ['v1', 'Service'],
  ['v1', 'Secret'],
)
const metadata = fc.oneof(
  { arbitrary: fc.constant({ name: 'a' }), weight: 3 },
  { arbitrary: tree, weight: 1 },
)
const uri = { uri: 'http://x/' }
const spec = fc.oneof(
  tree,
  fc.record({ broker: fc.constant('a'), subscriber: fc.constant(uri), filters: tree, delivery: tree }),
  fc.record({ broker: fc.constant('a'), subscriber: tree }),
)

describe('any text whatever', () => {
  it('never crashes the reader, and every finding is one line with a line number', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const { findings } = await readText(text)
        for (const finding of findings)
          expect(formatFinding(finding)).toMatch(/^(warning |notice )?-:[1-9]\d*: .+$/)
      }),
      { numRuns: 3_000 },
    )
  })

  it('in the shape of a manifest never crashes it, and what is valid compiles', async () => {
    await fc.assert(
      fc.asyncProperty(kind, metadata, spec, tree, async ([apiVersion, name], head, body, data) => {
        const manifest = {
          apiVersion,
          kind: name,
          metadata: head,
          spec: body,
          ...(name === 'Secret' && { data }),
        }
        const { resources, findings } = await readText(JSON.stringify(manifest), { env: { A: 'http://a/' } })
        expect(resources.length + findings.length).toBeGreaterThan(0)
        compile(resources)
      }),
      { numRuns: 2_000 },
    )
  })
})
