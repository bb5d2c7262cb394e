import { residentBytes, type Millrace } from '@millrace/testkit'
import { expect } from 'vitest'
import { brokerUrl, probe, Producers } from '../fixture/producing.ts'

const mebibyte = 1024 * 1024
/** More than a server needs whatever it is sent: a hostile producer must not make it grow beyond. */
const mostResident = 768 * mebibyte
/** It says nothing of how fast: the machine may be busy with the attack itself. */
export const patience = { timeoutMs: 60_000 }
/** Events that the others get through while an attack is under way. */
const meanwhile = 50

/**
 * Runs an attack while other producers send. The attack is under way when `attack` resolves: only then
 * others have to get their events accepted, not one of them refused.
 */
export async function othersAreServed(millrace: Millrace, attack: () => Promise<void> | void): Promise<void> {
  const { pid } = millrace
  const others = new Producers(
    () => brokerUrl(millrace),
    (n) => ({ id: `other-${n}`, type: 'other' }),
  )
  await others.accept(1, patience)
  await attack()
  await others.accept(meanwhile, patience)
  await others.stop()
  expect(others.refused).toBe(0)
  await isWell(millrace, pid)
}

/** The process is the same, ready, and no larger than it may be. */
export async function isWell(millrace: Millrace, pid: number): Promise<void> {
  expect(await probe(millrace, '/readyz')).toBe(200)
  expect(millrace.pid).toBe(pid)
  const bytes = await residentBytes(pid)
  process.stdout.write(`hostile: ${Math.round(bytes / mebibyte)} MB resident\n`)
  expect(bytes).toBeLessThan(mostResident)
}
