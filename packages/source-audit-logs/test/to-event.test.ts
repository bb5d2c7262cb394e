import { describe, expect, test } from 'vitest'
import { auditLogEvents } from '../src/to-event.ts'
import { entry } from './published-entry.ts'

const { serviceName, methodName, resourceName } = entry.protoPayload
const place = { projectId: 'acme', topic: '', subscription: '' }

function read(data: unknown, wanted: Parameters<typeof auditLogEvents>[0] = { serviceName, methodName }) {
  const bytes = Buffer.from(typeof data === 'string' ? data : JSON.stringify(data))
  const message = { id: '1', data: bytes, attributes: {}, publishTime: '', orderingKey: '' }
  return auditLogEvents(wanted)(message, place)
}

describe('an entry of an audit log', () => {
  test('that is asked for', () => {
    const made = read(entry)
    if (!('event' in made)) throw new Error('there is no event')
    expect({ ...made.event.attributes }).toEqual({
      specversion: '1.0',
      // MD5 of insertId, logName and timestamp
      id: '3a2b3fc205ec0c02cc88a51f6b47e72a',
      source: '//cloudaudit.googleapis.com/projects/acme/logs/activity',
      type: 'google.cloud.audit.log.v1.written',
      subject: 'compute.googleapis.com/projects/acme/zones/us-central1-a/instances/first',
      time: '2021-02-26T19:13:55.749123Z',
      dataschema:
        'https://raw.githubusercontent.com/googleapis/google-cloudevents/master/proto/google/events/cloud/audit/v1/data.proto',
      datacontenttype: 'application/json',
      servicename: 'compute.googleapis.com',
      methodname: 'v1.compute.instances.insert',
      resourcename: 'projects/acme/zones/us-central1-a/instances/first',
    })
    expect(JSON.parse(Buffer.from(made.event.data ?? []).toString())).toEqual(entry)
  })

  test.each([
    { serviceName: 'storage.googleapis.com', methodName },
    { serviceName, methodName: 'v1.compute.instances.delete' },
    { serviceName, methodName, resourceName: 'projects/acme/zones/x' },
  ])('is passed over where the manifest asks for %j', (wanted) => {
    expect(read(entry, wanted)).toEqual({ ignored: true })
  })

  test.each([{ ...entry, protoPayload: null }, { ...entry, protoPayload: 'text' }, {}])(
    'is passed over where it has no audit log in it: %j',
    (data) => {
      expect(read(data)).toEqual({ ignored: true })
    },
  )

  test('comes where its resource is the one that is asked for', () => {
    expect(read(entry, { serviceName, methodName, resourceName })).toHaveProperty('event')
  })

  test.each([
    ['no JSON', 'it is no entry of a log'],
    [{ ...entry, insertId: undefined }, 'the entry has no insertId'],
    [{ ...entry, logName: 'projects/acme/logs/syslog' }, 'which is no audit log'],
  ])('that is malformed is said to be: %j', (data, said) => {
    expect(read(data)).toEqual({ malformed: expect.stringContaining(said) as string })
  })
})
