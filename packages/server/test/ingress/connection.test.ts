import { describe, expect, test } from 'vitest'
import { eventually } from '@millrace/testkit'
import type { Accepted } from '../../src/ingress/event-endpoint.ts'
import { postHead, rawConnection } from './raw-connection.ts'
import { startIngress } from './start-ingress.ts'

const empty = postHead({ 'content-length': '0' })

function statuses(text: string): string[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status = '']) => status)
}

/** A store that answers when it is told to. */
function slowStore(): { asked: () => number; accept: () => Promise<Accepted>; answer: () => void } {
  const waiting: (() => void)[] = []
  let asked = 0
  return {
    asked: () => asked,
    accept: () => {
      asked += 1
      return new Promise((resolve) => waiting.push(() => resolve({ kind: 'accepted' })))
    },
    answer: () => {
      for (const each of waiting.splice(0)) each()
    },
  }
}

describe('many requests on one connection', () => {
  test('are served 32 at a time, each in its turn, and answered in their order', async () => {
    const store = slowStore()
    await using ingress = await startIngress({ accept: store.accept })
    await using raw = await rawConnection(ingress.port)
    raw.send(empty.repeat(99) + postHead({ 'ce-id': '', 'content-length': '0' }))
    await eventually(() => store.asked() === 32)
    expect(raw.received).toBe('')
    for (const asked of [64, 96, 99]) {
      store.answer()
      await eventually(() => store.asked() === asked)
    }
    store.answer()
    await eventually(() => statuses(raw.received).length === 100)
    expect(statuses(raw.received)).toEqual([...Array<string>(99).fill('202'), '400'])
  })

  test('are read no further while some wait, and go on with bodies that come in pieces', async () => {
    const store = slowStore()
    await using ingress = await startIngress({ accept: store.accept })
    await using raw = await rawConnection(ingress.port)
    const body = 'x'.repeat(50_000)
    raw.send((postHead({ 'content-length': String(body.length) }) + body).repeat(100))
    for (let answered = 0; answered < 100;) {
      await eventually(() => store.asked() > answered)
      answered = store.asked()
      store.answer()
    }
    await eventually(() => statuses(raw.received).length === 100)
  })

  test('leave another connection its turn', async () => {
    const store = slowStore()
    await using ingress = await startIngress({ accept: store.accept })
    await using flood = await rawConnection(ingress.port)
    flood.send(empty.repeat(500))
    await eventually(() => store.asked() === 32)
    await using other = await rawConnection(ingress.port)
    other.send(empty)
    await eventually(() => store.asked() === 33)
    store.answer()
    await other.until(/ 202 /)
  })

  test('are not served any more when their producer is gone', async () => {
    const store = slowStore()
    await using ingress = await startIngress({ accept: store.accept })
    const raw = await rawConnection(ingress.port)
    raw.send(empty.repeat(100))
    await eventually(() => store.asked() === 32)
    raw.socket.resetAndDestroy()
    await raw.closed
    store.answer()
    await using next = await rawConnection(ingress.port)
    next.send(empty)
    await eventually(() => store.asked() === 33)
    store.answer()
    await next.until(/ 202 /)
  })
})

test('a request behind an answer that ends the connection is not looked at', async () => {
  await using ingress = await startIngress({ limits: { bodyBytes: 10 } })
  await using raw = await rawConnection(ingress.port)
  raw.send(`${postHead({ 'content-length': '11' })}${'x'.repeat(11)}${empty}`)
  expect(statuses(await raw.closed)).toEqual(['413'])
  expect(ingress.accepted).toEqual([])
})

test('a producer that closes its side after the request gets its answer', async () => {
  await using ingress = await startIngress()
  await using raw = await rawConnection(ingress.port)
  raw.socket.end(`${postHead({ 'content-length': '2' })}hi`)
  expect(statuses(await raw.closed)).toEqual(['202'])
})

test('a producer that closes its side in the midst of a request has sent nothing', async () => {
  await using ingress = await startIngress()
  await using raw = await rawConnection(ingress.port)
  raw.socket.end(`${postHead({ 'content-length': '3' })}hi`)
  expect(statuses(await raw.closed)).toEqual(['400'])
  expect(ingress.accepted).toEqual([])
})
