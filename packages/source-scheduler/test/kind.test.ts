import { expect, test } from 'vitest'
import { cloudSchedulerSourceKind } from '../src/kind.ts'

function problems(schedule: string): string[] {
  const found: string[] = []
  const manifest = {
    apiVersion: 'events.cloud.google.com/v1',
    namespace: 'default',
    name: 'x',
    annotations: {},
    labels: {},
  }
  cloudSchedulerSourceKind.validate?.(
    { ...manifest, spec: { location: 'europe-west1', schedule, data: '' } },
    ({ path, message }) => found.push(`${path} ${message}`),
  )
  return found
}

test.each(['* * * * *', '*/5 * * * *', '@hourly', '0 9 * * MON'])('%s is a schedule', (schedule) => {
  expect(problems(schedule)).toEqual([])
})

test.each(['', '* *', '@every 5m', '61 * * * *', '0 0 31 2 *'])('%j is none', (schedule) => {
  expect(problems(schedule)).toEqual([expect.stringMatching(/^schedule /)])
})
