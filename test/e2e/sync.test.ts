import { eventually, post, receiver, type Answer } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { admin, triggers } from './fixture/admin.ts'
import { expectAllDelivered } from './fixture/comparing.ts'
import { excuseFromDiskFaults, startOnFaultyDisk } from './fixture/faulty-disk.ts'
import { broker, trigger } from './fixture/manifests.ts'
import { acceptAll, brokerUrl, ids, probe, Producers } from './fixture/producing.ts'
import { acceptOne, acceptUntilRefused, expectRefusal } from './fixture/refusals.ts'

const excuse = await excuseFromDiskFaults()

describe.skipIf(excuse !== undefined)('on a disk whose syncs fail or block', () => {
  test('while a sync blocks there is no 202 and the server lives; then all goes on by itself', async () => {
    await using sink = await receiver({ remember: 'ids' })
    sink.hold()
    await using disk = await startOnFaultyDisk(broker() + trigger('t', sink.url))
    const { millrace, fault } = disk
    const accepted = ids('before', 50)
    await acceptAll(
      brokerUrl(millrace),
      accepted.map((id) => ({ id })),
    )

    await fault.set('sync-blocks')
    const answers: Answer[] = []
    const during = ids('during', 20)
    const posts = during.map(async (id) => {
      const answer = await post(brokerUrl(millrace), { id })
      answers.push(answer)
      if (answer.status === 202) accepted.push(id)
    })
    await fault.struck()
    sink.release()
    await sink.received(50)
    // after 5 s without a sign of the disk the store counts as away
    await eventually(async () => expect(await probe(millrace, '/readyz')).toBe(503))
    expect(await probe(millrace, '/livez')).toBe(200)
    expect(answers).toEqual([])
    expectRefusal(await post(brokerUrl(millrace), { id: 'refused' }))

    await fault.set('none')
    await Promise.all(posts)
    for (const { status } of answers) expect([202, 503]).toContain(status)
    accepted.push(await acceptOne(millrace, 'after'))
    await eventually(async () => expect(await probe(millrace, '/readyz')).toBe(200))
    await expectAllDelivered(millrace, sink.ids, accepted)
  })

  test('while syncs fail events are answered 503 with Retry-After; outcomes are kept and settled afterwards', async () => {
    await using sink = await receiver({ remember: 'ids' })
    sink.hold()
    await using disk = await startOnFaultyDisk(broker() + trigger('t', sink.url))
    const { millrace, fault } = disk
    const accepted = ids('before', 50)
    await acceptAll(
      brokerUrl(millrace),
      accepted.map((id) => ({ id })),
    )

    await fault.set('sync-fails')
    for (const id of ids('during', 20)) expectRefusal(await post(brokerUrl(millrace), { id }))
    expect(await probe(millrace, '/livez')).toBe(200)
    expect(await probe(millrace, '/readyz')).toBe(503)
    sink.release()
    await sink.received(50)
    expectRefusal(await post(brokerUrl(millrace), { id: 'refused' }))

    await fault.set('none')
    accepted.push(await acceptOne(millrace, 'after'))
    await eventually(async () => expect(await probe(millrace, '/readyz')).toBe(200))
    await expectAllDelivered(millrace, sink.ids, accepted)
    // the outcomes of what was delivered meanwhile were not forgotten: nothing went out twice
    expect(sink.ids).toHaveLength(accepted.length)
  })

  test('a disk that fails again and again under load loses nothing and delivers nothing that was refused', async () => {
    await using sink = await receiver({ remember: 'ids' })
    await using disk = await startOnFaultyDisk(broker() + trigger('t', sink.url))
    const { millrace, fault } = disk
    const producers = new Producers(
      () => brokerUrl(millrace),
      (n) => ({ id: String(n) }),
      4,
    )
    for (let round = 0; round < 5; round += 1) {
      await producers.accept(100)
      const { refused } = producers
      await fault.set('sync-fails')
      await fault.struck()
      await eventually(() => expect(producers.refused).toBeGreaterThan(refused))
      await fault.set('none')
    }
    await producers.accept(100)
    await producers.stop()
    const { accepted, refused } = producers
    await expectAllDelivered(millrace, sink.ids, accepted)
    const twice = sink.ids.length - accepted.size
    process.stdout.write(`sync: ${accepted.size} accepted, ${refused} refused, 0 lost, ${twice} twice\n`)
  })

  test('a change of the manifests while syncs fail comes into force by itself afterwards', async () => {
    await using sink = await receiver({ remember: 'ids' })
    await using disk = await startOnFaultyDisk(broker() + trigger('old', sink.path('/old').url))
    const { millrace, fault } = disk
    await fault.set('sync-fails')
    await millrace.write('manifests.yaml', broker() + trigger('new', sink.path('/new').url))
    await eventually(async () => {
      const { reload } = await admin<{ reload: { ok: boolean } }>(millrace, '/api/server')
      expect(reload.ok).toBe(false)
    })
    await fault.set('none')
    await eventually(async () => expect([...(await triggers(millrace)).keys()]).toEqual(['new']))
    await acceptOne(millrace, 'after')
    await sink.path('/new').received(1)
    expect(sink.path('/old').count).toBe(0)
  })

  test('a server that is killed while a sync blocks has acknowledged nothing that is lost', async () => {
    await using sink = await receiver({ remember: 'ids' })
    await using disk = await startOnFaultyDisk(broker() + trigger('t', sink.url))
    const { millrace, fault } = disk
    const accepted = [await acceptOne(millrace, 'before')]
    await fault.set('sync-blocks')
    const unanswered = ['during-0', 'during-1'].map((id) =>
      post(brokerUrl(millrace), { id }).catch(() => undefined),
    )
    await fault.struck()
    await millrace.kill()
    expect(await Promise.all(unanswered)).toEqual([undefined, undefined])
    await fault.set('none')
    await millrace.start()
    accepted.push(await acceptOne(millrace, 'after'))
    await eventually(() => expect(sink.ids).toEqual(expect.arrayContaining(accepted)))
  })
})

describe.skipIf(excuse !== undefined)('on a disk that becomes read-only', () => {
  test('events are answered 503, deliveries go on, and all resumes when it can be written again', async () => {
    await using sink = await receiver({ remember: 'ids' })
    sink.hold()
    await using disk = await startOnFaultyDisk(broker() + trigger('t', sink.url))
    const { millrace, fault } = disk
    const accepted = ids('before', 50)
    await acceptAll(
      brokerUrl(millrace),
      accepted.map((id) => ({ id })),
    )
    await fault.set('read-only')
    accepted.push(...(await acceptUntilRefused(millrace, 'falling')))
    expect(await probe(millrace, '/livez')).toBe(200)
    await eventually(async () => expect(await probe(millrace, '/readyz')).toBe(503))
    sink.release()
    await sink.received(50)
    expectRefusal(await post(brokerUrl(millrace), { id: 'refused' }))

    await fault.set('none')
    accepted.push(await acceptOne(millrace, 'after'))
    await eventually(async () => expect(await probe(millrace, '/readyz')).toBe(200))
    await expectAllDelivered(millrace, sink.ids, accepted)
  })

  test('a store that is read-only at the start is refused with a sentence', async () => {
    await using disk = await startOnFaultyDisk(broker())
    const { millrace, fault } = disk
    await millrace.stop()
    await fault.set('read-only')
    await expect(millrace.start()).rejects.toThrow(/millrace serve: the store .* read-?only/)
    await fault.set('none')
    await millrace.start()
  })
})
