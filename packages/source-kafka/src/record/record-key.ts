import { asAttributeText } from '@millrace/source-sdk'

/** The label that says how the keys of records are read. */
export const KEY_TYPE = 'kafkasources.sources.knative.dev/key-type'

export const keyTypes = ['string', 'int', 'float', 'byte-array'] as const
export type KeyType = (typeof keyTypes)[number]

const utf8 = new TextDecoder()

/** A record's key as the text of an attribute; of a length that the type does not have, in base64. */
export function keyText(key: Uint8Array, type: KeyType): string {
  if (type === 'string') return asAttributeText(utf8.decode(key))
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength)
  if (type === 'int' && key.length === 4) return String(view.getInt32(0))
  if (type === 'float' && key.length === 4) return shortestFloat(view.getFloat32(0))
  if (type === 'float' && key.length === 8) return String(view.getFloat64(0))
  return Buffer.from(key).toString('base64')
}

/** The shortest decimal that is this number again when it is read with 32 bits. */
function shortestFloat(value: number): string {
  for (let digits = 1; digits < 9; digits += 1) {
    const text = Number(value.toPrecision(digits))
    if (Math.fround(text) === value) return String(text)
  }
  return String(value)
}
