import { compile, formatFinding, loadManifests } from '../src/index.ts'
import type { Compilation, CompileOptions, LoadOptions, Manifests } from '../src/index.ts'

type Options = Partial<Pick<LoadOptions, 'env' | 'strict'>>

/** Reads one text as `-f -` would. */
export function readText(text: string, options: Options = {}): Promise<Manifests> {
  return loadManifests(['-'], { env: {}, ...options, stdin: async () => text })
}

/** What `validate` prints for one text before it compiles. */
export async function linesOf(text: string, options: Options = {}): Promise<string[]> {
  return (await readText(text, options)).findings.map(formatFinding)
}

/**
 * Compiles a text that has no errors. Most of these texts are fragments, so that nothing reads some of
 * what they declare is left out of the findings.
 */
export async function compileText(text: string, options: CompileOptions = {}): Promise<Compilation> {
  const compilation = await compileWhole(text, options)
  return {
    ...compilation,
    findings: compilation.findings.filter(({ message }) => !message.startsWith('nothing reads')),
  }
}

/** Compiles a text that has no errors. */
export async function compileWhole(text: string, options: CompileOptions = {}): Promise<Compilation> {
  const { resources, findings } = await readText(text)
  const errors = findings.filter(({ severity }) => severity === 'error').map(formatFinding)
  if (errors.length > 0) throw new Error(errors.join('\n'))
  return compile(resources, options)
}

/** A manifest of a Trigger around these lines of its spec, each indented by two; `spec:` is line 4. */
export function trigger(spec: string, metadata = 'name: t'): string {
  const lines = spec.split('\n').map((line) => `  ${line}`)
  return [
    `apiVersion: eventing.knative.dev/v1`,
    'kind: Trigger',
    `metadata: {${metadata}}`,
    'spec:',
    ...lines,
  ].join('\n')
}

/** The least that a Broker is. */
export function broker(name: string, spec = '{}'): string {
  return `apiVersion: eventing.knative.dev/v1\nkind: Broker\nmetadata: {name: ${name}}\nspec: ${spec}`
}

/** The least that a Channel is. */
export function channel(name: string, spec = '{}', kind = 'Channel'): string {
  const version = kind === 'KafkaChannel' ? 'v1beta1' : 'v1'
  return `apiVersion: messaging.knative.dev/${version}\nkind: ${kind}\nmetadata: {name: ${name}}\nspec: ${spec}`
}

/** A Subscription of the Channel `c` with these further lines of its spec; `spec:` is line 4, `channel` line 5. */
export function subscription(spec: string, metadata = 'name: s', of = 'kind: Channel, name: c'): string {
  const lines = [`channel: {apiVersion: messaging.knative.dev/v1, ${of}}`, ...spec.split('\n')]
  return [
    'apiVersion: messaging.knative.dev/v1',
    'kind: Subscription',
    `metadata: {${metadata}}`,
    'spec:',
    ...lines.map((line) => `  ${line}`),
  ].join('\n')
}

/** A Sequence or a Parallel around these lines of its spec; `spec:` is line 4. */
export function flow(kind: 'Sequence' | 'Parallel', spec: string, metadata = 'name: f'): string {
  const lines = spec.split('\n').map((line) => `  ${line}`)
  return [
    'apiVersion: flows.knative.dev/v1',
    `kind: ${kind}`,
    `metadata: {${metadata}}`,
    'spec:',
    ...lines,
  ].join('\n')
}

export function documents(...texts: readonly string[]): string {
  return texts.join('\n---\n')
}
