import { codec } from './codec.ts'
import { routing } from './routing.ts'
import { scrape } from './scrape.ts'
import { storage } from './storage.ts'

/** Tables of single parts, by name: `npm run bench -- NAME…`. */
export const tables: Readonly<Record<string, () => void | Promise<void>>> = {
  codec,
  routing,
  scrape,
  storage,
}
