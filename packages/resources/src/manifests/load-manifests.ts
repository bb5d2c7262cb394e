import { readFile, realpath } from 'node:fs/promises'
import type { Finding } from '../finding.ts'
import type { Resource } from '../resource.ts'
import { checkNames } from '../checks/names.ts'
import type { Claim } from '../checks/names.ts'
import { findKind } from '../kinds/registry.ts'
import { oneNoticeEach } from './one-notice.ts'
import { otherKinds } from './other-kinds.ts'
import { findFiles, whyUnreadable } from './find-files.ts'
import { readDocuments } from './read-documents.ts'
import { readManifest } from './read-manifest.ts'
import type { OtherKind } from './read-manifest.ts'

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
  const { texts, findings } = await readTexts(paths, options)
  const documents = texts.map(({ file, text }) => readDocuments(file, text))
  findings.push(...documents.flatMap((document) => document.findings))
  const read = documents
    .flatMap(({ manifests }) => manifests)
    .map((manifest) => readManifest(manifest, options.env))

  const others: OtherKind[] = []
  const claims: Claim[] = []
  const resources: Resource[] = []
  for (const manifest of read) {
    if (manifest.kind === 'other') others.push(manifest.other)
    else findings.push(...manifest.findings)
    if (manifest.kind !== 'ours') continue
    claims.push(manifest.claim)
    if (manifest.resource !== undefined) resources.push(manifest.resource)
  }
  findings.push(...otherKinds(others, options.strict ?? false))
  findings.push(...checkNames(claims, (name) => findKind(name)?.addressable ?? false))
  const files = texts.map(({ file }) => file)
  return { resources, findings: oneNoticeEach(inOrder(findings, files)) }
}

/** As the files are read, line by line. */
function inOrder(findings: readonly Finding[], files: readonly string[]): Finding[] {
  const rank = new Map(files.map((file, index) => [file, index]))
  return findings.toSorted(
    (left, right) => (rank.get(left.file) ?? -1) - (rank.get(right.file) ?? -1) || left.line - right.line,
  )
}

interface Text {
  readonly file: string
  readonly text: string
}

interface Texts {
  readonly texts: Text[]
  readonly findings: Finding[]
}

async function readTexts(paths: readonly string[], options: LoadOptions): Promise<Texts> {
  const findings: Finding[] = []
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
  return { texts, findings }
}

function unreadable(file: string, message: string): Finding {
  return { severity: 'error', file, line: 0, name: '', path: '', message }
}
