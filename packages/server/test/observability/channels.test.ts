import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect, test } from 'vitest'
import { createChannels } from '../../src/observability/channels.ts'

const message = { kind: 'Trigger', namespace: 'n', name: 't', change: 'added', file: 'f', line: 1 } as const

test('stages publish on named diagnostics channels that any program can follow', () => {
  const seen: unknown[] = []
  const listener = (each: unknown): void => void seen.push(each)
  subscribe('millrace:resource.changed', listener)
  createChannels().resourceChanged.publish(message)
  unsubscribe('millrace:resource.changed', listener)
  expect(seen).toEqual([{ server: {}, message }])
})

test('servers of one process never hear one another', () => {
  const [one, other] = [createChannels(), createChannels()]
  const seen: unknown[] = []
  const end = one.resourceChanged.subscribe((each) => seen.push(each))
  other.resourceChanged.publish(message)
  one.resourceChanged.publish({ ...message, name: 'own' })
  end()
  expect(seen).toEqual([{ ...message, name: 'own' }])
})

test('a subscription ends, and then nobody is listening', () => {
  const channels = createChannels()
  const before = channels.resourceChanged.hasSubscribers // of another server of the process
  const seen: unknown[] = []
  const end = channels.resourceChanged.subscribe((each) => seen.push(each))
  expect(channels.resourceChanged.hasSubscribers).toBe(true)
  end()
  channels.resourceChanged.publish(message)
  expect(seen).toEqual([])
  expect(channels.resourceChanged.hasSubscribers).toBe(before)
})
