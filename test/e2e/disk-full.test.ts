import { eventually, post, receiver, startMillrace, type Millrace } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { admin, settled } from './fixture/admin.ts'
import { expectAllDelivered } from './fixture/comparing.ts'
import { broker, trigger } from './fixture/manifests.ts'
import { acceptAll, brokerUrl, ids, probe, Producers } from './fixture/producing.ts'
import { acceptOne, acceptUntilRefused } from './fixture/refusals.ts'
import { smallDisk, whyNoSmallDisk, type SmallDisk } from './fixture/small-disk.ts'

const mebibyte = 1024 * 1024
const size = 24 * mebibyte
const reserve = 4 * mebibyte
const excuse = whyNoSmallDisk()
if (excuse !== undefined) process.stderr.write(`NOT TESTED: a full disk, because ${excuse}\n`)

function startOn(disk: SmallDisk, sinkUrl: string): Promise<Millrace> {
  const store = ['--store', `sqlite:${disk.path}/store`, '--store-reserve', String(reserve)]
  return startMillrace({
    manifests: broker() + trigger('t', sinkUrl),
    args: [...store, '--drain', '1s'],
  })
}

describe.skipIf(excuse !== undefined)('on a disk of 24 MiB', () => {
  test('below the reserve ingest is refused, what is under way is settled, and all resumes with the space', async () => {
    await using disk = await smallDisk(size)
    await using sink = await receiver({ remember: 'ids' })
    sink.hold()
    await using millrace = await startOn(disk, sink.url)
    const accepted = ids('before', 500)
    await acceptAll(
      brokerUrl(millrace),
      accepted.map((id) => ({ id, data: { text: 'x'.repeat(900) } })),
    )
    // whatever is given back meanwhile, as when the WAL is emptied
    const fill = (): Promise<void> => disk.fillUpTo(reserve / 2)
    accepted.push(...(await acceptUntilRefused(millrace, 'falling', fill)))
    expect(await probe(millrace, '/livez')).toBe(200)
    expect(await probe(millrace, '/readyz')).toBe(503)

    sink.release()
    await settled(millrace)
    expect(new Set(sink.ids)).toEqual(new Set(accepted))
    // settling gave some space back
    accepted.push(...(await acceptUntilRefused(millrace, 'still-falling', fill)))

    await disk.empty()
    accepted.push(await acceptOne(millrace, 'after'))
    await eventually(async () => expect(await probe(millrace, '/readyz')).toBe(200))
    await expectAllDelivered(millrace, sink.ids, accepted)
  })

  test('when not a byte is left nothing is acknowledged falsely, and all resumes with the space', async () => {
    await using disk = await smallDisk(size)
    await using sink = await receiver({ remember: 'ids' })
    await using millrace = await startOn(disk, sink.url)
    const producers = new Producers(
      () => brokerUrl(millrace),
      (n) => ({ id: String(n), data: { text: 'x'.repeat(900) } }),
    )
    await producers.accept(100)
    await disk.fillUpTo(0)
    await eventually(() => expect(producers.refused).toBeGreaterThan(10))
    expect(await disk.free()).toBeLessThan(reserve)
    expect(await probe(millrace, '/livez')).toBe(200)
    await disk.empty()
    await producers.accept(100)
    await producers.stop()
    await expectAllDelivered(millrace, sink.ids, producers.accepted)
  })

  test('a server stops at SIGTERM on a full disk, and what it has accepted is there when there is space', async () => {
    await using disk = await smallDisk(size)
    await using sink = await receiver({ remember: 'ids' })
    sink.hold()
    await using millrace = await startOn(disk, sink.url)
    await acceptAll(brokerUrl(millrace), [{ id: 'e1' }])
    await disk.fillUpTo(0)
    sink.release()
    expect(await millrace.stop()).toBe(0)
    // it cannot start without a byte, and says why
    await expect(millrace.start()).rejects.toThrow('disk is full')
    await disk.empty()
    await millrace.start()
    await acceptOne(millrace, 'e2')
    await settled(millrace)
    expect(new Set(sink.ids)).toEqual(new Set(['e1', 'e2']))
  })

  test('a server starts below the reserve, delivers what waits and refuses what comes', async () => {
    await using disk = await smallDisk(size)
    await using sink = await receiver({ remember: 'ids' })
    sink.hold()
    await using millrace = await startOn(disk, sink.url)
    await acceptAll(brokerUrl(millrace), [{ id: 'e1' }])
    await millrace.kill()
    sink.release()
    await disk.fillUpTo(reserve / 2)
    await millrace.start()
    expect((await post(brokerUrl(millrace), { id: 'refused' })).status).toBe(503)
    await settled(millrace)
    expect(new Set(sink.ids)).toEqual(new Set(['e1']))
  })

  test('the admin API says how much space is left and why events are refused', async () => {
    await using disk = await smallDisk(size)
    await using millrace = await startOn(disk, 'http://127.0.0.1:9/')
    await acceptUntilRefused(millrace, 'falling', () => disk.fillUpTo(reserve / 2))
    const { store } = await admin<{ store: { health: { kind: string }; freeBytes: number } }>(
      millrace,
      '/api/server',
    )
    expect(store.health.kind).toBe('full')
    expect(store.freeBytes).toBeLessThan(reserve)
  })
})
