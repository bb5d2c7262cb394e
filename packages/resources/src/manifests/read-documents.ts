import { Composer, LineCounter, Parser } from 'yaml'
import type { Document } from 'yaml'
import type { Finding } from '../finding.ts'
import { isMap } from '../kinds/shape.ts'
import type { Origin } from '../resource.ts'
import type { Breather } from './breather.ts'
import { below, parentOf } from './path.ts'
import { PlainReader } from './plain-value.ts'

/** One manifest as it stands in a file. */
export interface RawManifest {
  readonly value: unknown
  readonly origin: Required<Origin>
}

export interface RawManifests {
  readonly manifests: RawManifest[]
  readonly findings: Finding[]
}

/** Reads YAML or JSON text: several documents, each a manifest or a `kind: List` of them. It never throws. */
export async function readDocuments(file: string, text: string, breather: Breather): Promise<RawManifests> {
  const read: RawManifests = { manifests: [], findings: [] }
  const counter = new LineCounter()
  try {
    const composer = new Composer({
      prettyErrors: false,
      uniqueKeys: false,
      stringKeys: true,
      logLevel: 'silent',
    })
    for (const document of composer.compose(new Parser(counter.addNewLine).parse(text))) {
      readDocument(file, document, counter, read)
      await breather.breathe()
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    read.findings.push(yamlError(file, 1, '', `cannot be read as YAML (${why})`))
  }
  return read
}

function readDocument(file: string, document: Document, counter: LineCounter, read: RawManifests): void {
  const lineAt = (offset: number) => Math.max(1, counter.linePos(offset).line)
  for (const { pos, message } of document.errors) {
    read.findings.push(yamlError(file, lineAt(pos[0]), '', oneLine(message)))
  }
  for (const { pos, message } of document.warnings) {
    read.findings.push({ ...yamlError(file, lineAt(pos[0]), '', oneLine(message)), severity: 'warning' })
  }
  if (document.errors.length > 0) return
  const reader = new PlainReader(lineAt)
  const value = reader.read(document.contents)
  for (const { line, path, message } of reader.problems)
    read.findings.push(yamlError(file, line, path, message))
  if (reader.problems.length > 0 || value === null) return
  split({ value, file, lines: reader.lines, prefix: '' }, read)
}

interface Part {
  readonly value: unknown
  readonly file: string
  readonly lines: ReadonlyMap<string, number>
  /** Where it stands in its document. */
  readonly prefix: string
}

/** A `kind: List`, as `kubectl get -o yaml` writes it, is its items. */
function split(part: Part, read: RawManifests): void {
  const { value, prefix, file } = part
  if (isList(value)) {
    value.items.forEach((item, index) =>
      split({ ...part, value: item, prefix: below(below(prefix, 'items'), index) }, read),
    )
    return
  }
  const origin = originOf(part)
  if (isListHead(value)) {
    read.findings.push(
      yamlError(file, origin.lineAt('items'), 'items', 'must be a list of manifests in a kind: List'),
    )
    return
  }
  read.manifests.push({ value, origin })
}

function isList(value: unknown): value is { items: unknown[] } {
  return isListHead(value) && Array.isArray(value['items'])
}

function isListHead(value: unknown): value is Readonly<Record<string, unknown>> {
  return isMap(value) && value['kind'] === 'List' && value['apiVersion'] === 'v1'
}

function originOf({ file, lines, prefix }: Part): Required<Origin> {
  const lineAt = (path: string): number => {
    const full =
      path.startsWith('[') || prefix === '' ? `${prefix}${path}` : path === '' ? prefix : `${prefix}.${path}`
    for (let at = full; at.length > prefix.length; at = parentOf(at)) {
      const line = lines.get(at)
      if (line !== undefined) return line
    }
    return lines.get(prefix) ?? 1
  }
  return { file, line: lineAt(''), lineAt }
}

function yamlError(file: string, line: number, path: string, message: string): Finding {
  return { severity: 'error', file, line, name: '', path, message }
}

function oneLine(message: string): string {
  return message.replaceAll(/\s+/g, ' ').trim()
}
