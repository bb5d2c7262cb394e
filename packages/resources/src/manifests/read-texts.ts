import { readFile, realpath } from 'node:fs/promises'
import type { Finding } from '../finding.ts'
import { findFiles, whyUnreadable } from './find-files.ts'

export interface Text {
  readonly file: string
  readonly text: string
}

export interface Texts {
  readonly texts: readonly Text[]
  readonly findings: Finding[]
}

/** The texts of all files that the paths lead to, each once; `-` is standard input. */
export async function readTexts(
  paths: readonly string[],
  stdin: (() => Promise<string>) | undefined,
): Promise<Texts> {
  const findings: Finding[] = []
  const texts: Text[] = []
  const seen = new Set<string>()
  for (const path of new Set(paths)) {
    if (path === '-') {
      if (stdin === undefined) findings.push(unreadable(path, 'there is no standard input to read here'))
      else texts.push({ file: path, text: await stdin() })
      continue
    }
    const found = await findFiles(path)
    if (found.kind === 'problem') {
      findings.push(unreadable(found.path, found.message))
      continue
    }
    if (found.files.length === 0) {
      findings.push({ ...unreadable(path, 'holds no .yaml, .yml or .json file'), severity: 'warning' })
    }
    for (const file of found.files) {
      const read = await readOnce(file, seen)
      if (read.kind === 'problem') findings.push(unreadable(file, read.message))
      else if (read.kind === 'text') texts.push({ file, text: read.text })
    }
  }
  return { texts, findings }
}

type FileRead =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'known' }
  | { readonly kind: 'problem'; readonly message: string }

async function readOnce(file: string, seen: Set<string>): Promise<FileRead> {
  try {
    const real = await realpath(file)
    if (seen.has(real)) return { kind: 'known' }
    seen.add(real)
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file))
    return { kind: 'text', text }
  } catch (error) {
    return {
      kind: 'problem',
      message: error instanceof TypeError ? 'is not UTF-8 text' : whyUnreadable(error),
    }
  }
}

function unreadable(file: string, message: string): Finding {
  return { severity: 'error', file, line: 0, name: '', path: '', message }
}
