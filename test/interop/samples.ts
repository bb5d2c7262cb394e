import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What the programs read: the same events for all of them. */
export const samplesFile = fileURLToPath(new URL('samples.json', import.meta.url))

/** An event as a program prints it, or as the samples have it: texts, and the data in base64. */
export interface ShownEvent {
  readonly attributes: Readonly<Record<string, string>>
  readonly data?: string
}

interface Sample extends ShownEvent {
  readonly extensions?: Readonly<Record<string, string | number | boolean>>
}

const samples = JSON.parse(readFileSync(samplesFile, 'utf8')) as readonly Sample[]

/** The samples with the mode in their ids, every attribute in its text form. */
export function samplesFor(mode: string): ShownEvent[] {
  return samples.map(({ attributes, extensions = {}, data }) => {
    const texts = Object.entries(extensions).map(([name, value]) => [name, String(value)])
    const id = `${mode}-${attributes['id']}`
    const all = { specversion: '1.0', ...attributes, ...Object.fromEntries(texts), id }
    return data === undefined ? { attributes: all } : { attributes: all, data }
  })
}

/** What is the same event in another spelling becomes the same text: the instant of a time, JSON's spaces. */
export function comparable({ attributes, data }: ShownEvent): object {
  const { time, ...rest } = attributes
  return {
    ...rest,
    ...(time === undefined ? {} : { time: instant(time) }),
    ...(data === undefined ? {} : { data: readable(data, attributes['datacontenttype']) }),
  }
}

/** UTC with nine digits of a second. */
function instant(time: string): string {
  const [, clock = '', fraction = '', zone = 'Z'] = /^(.*?)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(time) ?? []
  return `${new Date(clock + zone).toISOString().slice(0, 19)}.${fraction.padEnd(9, '0')}Z`
}

function readable(data: string, contentType: string | undefined): unknown {
  return contentType === 'application/json'
    ? (JSON.parse(Buffer.from(data, 'base64').toString()) as unknown)
    : data
}
