import { compile, formatFinding, loadManifests } from '@millrace/resources'
import { CommandError, exitCode } from '../exit-code.ts'
import { findSource } from '../find-source.ts'
import { ownEventFor, sampleOwnEvent, type OwnEvent } from './own-event.ts'
import { sampleManifests, sampleTriggers } from './sample-manifests.ts'

/** What `dev` runs, and how its greeting tells of it. */
export interface Scene {
  readonly files: readonly string[]
  /** What `-` among the files is. */
  readonly stdin: () => Promise<string>
  readonly what: readonly string[]
  readonly parts: readonly (readonly [name: string, purpose: string])[]
  readonly own: OwnEvent | undefined
  /** There may be more than one place that takes events. */
  readonly places: boolean
}

export interface OwnManifests {
  readonly files: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly readInput: () => Promise<string>
  /** Where refs that do not resolve go. */
  readonly to: string | undefined
  /** Is told of what does not forbid to run, but may be a mistake. */
  readonly warn: (finding: string) => void
}

const mostParts = 20

/** The sample: everything that can happen to an event, before the eyes of a newcomer. */
export function sampleScene(sinks: string): Scene {
  return {
    files: ['-'],
    stdin: async () => sampleManifests(sinks),
    what: ['An order goes out every second, and four triggers choose what they get:'],
    parts: Object.entries(sampleTriggers),
    own: sampleOwnEvent,
    places: false,
  }
}

/**
 * A user's own manifests.
 * @throws {CommandError} (exit 3) with every error
 */
export async function ownScene({ files, env, readInput, to, warn }: OwnManifests): Promise<Scene> {
  let input: Promise<string> | undefined
  const stdin = () => (input ??= readInput())
  const { resources, findings } = await loadManifests(files, { env, stdin, findSource })
  const errors = findings.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new CommandError(errors.map(formatFinding).join('\n'), exitCode.manifest)
  const { topology, findings: more } = compile(resources, to === undefined ? {} : { unresolvedTo: to })
  for (const finding of [...findings, ...more])
    if (finding.severity === 'warning') warn(formatFinding(finding))

  const entrances = [...topology.addressables.values()].filter(({ owner }) => owner === undefined)
  const open = entrances.filter(({ tokens, closed }) => tokens === undefined && closed === undefined)
  const parts = entrances.map(({ path, kind, routes, closed }): [string, string] => {
    const count = `${routes.length} ${routes.length === 1 ? 'route' : 'routes'}`
    return [path, `${kind}, ${closed === undefined ? count : 'a source'}`]
  })
  return {
    files,
    stdin,
    what: [
      entrances.length === 0 ? 'The manifests declare nothing that takes events yet: add a Broker.' : '',
      to === undefined ? '' : `Refs that do not resolve go to ${to}.`,
    ].filter((sentence) => sentence !== ''),
    parts: [
      ...parts.slice(0, mostParts),
      ...(parts.length > mostParts ? [[`and ${parts.length - mostParts} more`, ''] as const] : []),
    ],
    own: ownEventFor(
      resources,
      open.map(({ path }) => path),
    ),
    places: true,
  }
}
