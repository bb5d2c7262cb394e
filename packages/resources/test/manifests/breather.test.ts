import { describe, expect, it } from 'vitest'
import { broker, documents, readText } from '../read-text.ts'

describe('reading many manifests', () => {
  it('lets others run in between', async () => {
    const text = documents(...Array.from({ length: 2_000 }, (_, index) => broker(`b${index}`)))
    let turns = 0
    let reading = true
    const others = (): void => {
      turns++
      if (reading) setImmediate(others)
    }
    setImmediate(others)
    const { resources } = await readText(text)
    reading = false
    expect(resources).toHaveLength(2_000)
    expect(turns).toBeGreaterThan(3)
  })
})
