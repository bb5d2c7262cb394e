import type { Defaulted, Manifest } from '../kind.ts'
import { mapAt } from '../shape.ts'

/** `data` decoded, with `stringData` over it, as Kubernetes merges them. */
export function secretDefaults({ value }: Manifest): Defaulted {
  const decoded = Object.entries(mapAt(value, 'data')).map(
    ([key, text]) => [key, Buffer.from(String(text), 'base64').toString()] as const,
  )
  return { spec: { data: { ...Object.fromEntries(decoded), ...mapAt(value, 'stringData') } } }
}
