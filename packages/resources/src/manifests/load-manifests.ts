import { readFile, realpath } from 'node:fs/promises'
import type { Finding } from '../finding.ts'
import type { Resource } from '../resource.ts'
import { findFiles, whyUnreadable } from './find-files.ts'
import { readDocuments } from './read-documents.ts'
import type { RawManifest } from './read-documents.ts'
import { readManifest } from './read-manifest.ts'

export interface LoadOptions {
  /** For `${NAME}` in texts. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** What `-` reads. */
  readonly stdin?: () => Promise<string>
  /** Kinds that are not Millrace's are errors, not notices. */
  readonly strict?: boolean
}

/** All that the given files hold. Where a finding is an error, the set is not fit to be compiled. */
export interface Manifests {
  readonly resources: Resource[]
  readonly findings: Finding[]
}

/**
 * Reads files and folders (`-` is standard input), each of several documents, and finds everything
 * that is wrong with them at once. It never throws for what they hold.
 */
export async function loadManifests(paths: readonly string[], options: LoadOptions): Promise<Manifests> {
  const findings: Finding[] = []
  const raw: RawManifest[] = []
  for (const { file, text } of await readTexts(paths, options, findings)) {
    const read = readDocuments(file, text)
    findings.push(...read.findings)
    raw.push(...read.manifests)
  }
  const read = raw.map((manifest) => readManifest(manifest))
  findings.push(...read.flatMap((manifest) => manifest.findings))
  return { resources: read.flatMap(({ resource }) => resource ?? []), findings }
}

interface Text {
  readonly file: string
  readonly text: string
}

async function readTexts(
  paths: readonly string[],
  options: LoadOptions,
  findings: Finding[],
): Promise<Text[]> {
  const texts: Text[] = []
  const seen = new Set<string>()
  for (const path of paths) {
    if (path === '-') {
      if (options.stdin === undefined)
        findings.push(unreadable(path, 'there is no standard input to read here'))
      else texts.push({ file: path, text: await options.stdin() })
      continue
    }
    const found = await findFiles(path)
    if (found.kind === 'problem') {
      findings.push(unreadable(path, found.message))
      continue
    }
    for (const file of found.files) {
      try {
        const real = await realpath(file)
        if (seen.has(real)) continue
        seen.add(real)
        texts.push({ file, text: new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file)) })
      } catch (error) {
        findings.push(
          unreadable(file, error instanceof TypeError ? 'is not UTF-8 text' : whyUnreadable(error)),
        )
      }
    }
  }
  return texts
}

function unreadable(file: string, message: string): Finding {
  return { severity: 'error', file, line: 0, name: '', path: '', message }
}
