import type { Kind } from '../kind.ts'
import { mapAt } from '../shape.ts'
import type { KnownSource } from '../source/known-sources.ts'
import type { MissingSource } from '../source/source-facet.ts'
import { declaredManifest, type SourceDeclaration } from '../source/source-kind.ts'
import { sinkSchema, unknownSinkSchema } from './sink.schema.ts'

/** A kind of sinks as its package declares it (`SinkKind` of the source SDK). */
export interface SinkDeclaration extends Omit<SourceDeclaration, 'ceAttributes'> {
  address(spec: object): string
}

/** The kind of a declaration. */
export function sinkKind(declared: SinkDeclaration): Kind {
  const { kind, plural, shortNames = [], apiVersions, spec, conditions } = declared
  return {
    kind,
    plural,
    shortNames,
    apiVersions,
    addressable: true,
    schema: sinkSchema(spec.properties, spec.required ?? []),
    verbatim: (path) => path.startsWith('spec.') && (declared.verbatim?.(path.slice(5)) ?? false),
    validate(manifest, report) {
      declared.validate?.(declaredManifest(manifest), (problem) =>
        report({ ...problem, path: `spec.${problem.path}` }),
      )
    },
    withDefaults({ value }) {
      const own = mapAt(value, 'spec')
      return { spec: declared.withDefaults?.(own) ?? own }
    },
    sink: { conditions, addressOf: (defaulted) => declared.address(defaulted) },
  }
}

/** The kind of sinks whose package cannot be used: what is sent to one waits, and its conditions say why. */
export function missingSinkKind(named: Omit<KnownSource, 'package'>, missing: MissingSource): Kind {
  return {
    ...named,
    addressable: true,
    schema: unknownSinkSchema,
    verbatim: () => true,
    validate: () => undefined,
    withDefaults: ({ value }) => ({ spec: mapAt(value, 'spec') }),
    sink: { conditions: [], addressOf: () => '', missing },
  }
}
