import type { AttributeValue, CloudEvent } from '@millrace/core'
import { parseLossless } from '../lossless-json.ts'
import type { Terminal } from '../terminal.ts'
import { visible, visibleLine } from '../visible.ts'

/** Attributes in the order of interest; others follow. */
const first = ['type', 'source', 'id', 'subject', 'time']
const hidden = ['specversion', 'datacontenttype']
/** JSON that is longer is spread over lines. */
const longestLine = 100
const longestText = 4_000

/** An event as a block of lines: its attributes, then its data. */
export function eventBlock({ attributes, data }: CloudEvent, terminal: Pick<Terminal, 'style'>): string {
  const names = [...new Set([...first, ...Object.keys(attributes)])].filter((name) => !hidden.includes(name))
  const rows = names.flatMap((name): [string, AttributeValue][] => {
    const value = attributes[name]
    return value === undefined ? [] : [[name, value]]
  })
  const width = Math.max(...[...first, ...rows.map(([name]) => name)].map(({ length }) => length))
  const lines = rows.map(([name, value]) => row(name, terminal.style('bold', visibleLine(String(value)))))
  if (data !== undefined) {
    const [head = '', ...rest] = dataText(data, attributes['datacontenttype']).split('\n')
    lines.push(row('data', terminal.style('green', head)))
    for (const line of rest) lines.push(row('', terminal.style('green', line)))
  }
  return lines.join('\n')

  function row(name: string, text: string): string {
    return `    ${terminal.style('dim', name.padEnd(width))}  ${text}`
  }
}

function dataText(data: Uint8Array, mediaType: AttributeValue | undefined): string {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(data)
  } catch {
    return `${data.length} bytes${mediaType === undefined ? '' : ` of ${visibleLine(String(mediaType))}`}`
  }
  const shown = visible(spread(text))
  return shown.length > longestText ? `${shown.slice(0, longestText)}… (${data.length} bytes)` : shown
}

function spread(text: string): string {
  if (text.length <= longestLine) return text
  try {
    return JSON.stringify(parseLossless(text), null, 2)
  } catch {
    return text
  }
}
