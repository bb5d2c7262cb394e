import { expect, test } from 'vitest'
import { loadManifests, type Resource } from '@millrace/resources'
import { changedResources } from '../../src/control/resource-changes.ts'
import { brokerWith } from '../topology-of.ts'

async function resources(yaml: string): Promise<Resource[]> {
  return (await loadManifests(['-'], { env: {}, stdin: async () => yaml })).resources
}

test('what came, changed and went is told, with file and line', async () => {
  const before = await resources(brokerWith('a', ['same', 'goes', 'changes']))
  const after = await resources(brokerWith('a', ['same', 'changes', 'comes']).replace('9/changes', '9/else'))
  expect(changedResources(before, after)).toEqual([
    { kind: 'Trigger', namespace: 'a', name: 'changes', change: 'changed', file: '-', line: 10 },
    { kind: 'Trigger', namespace: 'a', name: 'comes', change: 'added', file: '-', line: 15 },
    { kind: 'Trigger', namespace: 'a', name: 'goes', change: 'removed', file: '-', line: 10 },
  ])
})

test('where a resource stands is no change, nor is the order', async () => {
  const before = await resources(brokerWith('a', ['x', 'y']))
  const after = await resources(`# first\n${brokerWith('a', ['y', 'x'])}`)
  expect(changedResources(before, after)).toEqual([])
})

test('the same name in another namespace is another resource', async () => {
  const before = await resources(brokerWith('a', []))
  const after = await resources(brokerWith('b', []))
  expect(changedResources(before, after).map(({ namespace, change }) => [namespace, change])).toEqual([
    ['b', 'added'],
    ['a', 'removed'],
  ])
})
