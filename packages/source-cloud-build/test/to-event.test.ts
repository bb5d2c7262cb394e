import { expect, test } from 'vitest'
import { toEvent } from '../src/to-event.ts'

const place = {
  projectId: 'acme',
  topic: 'projects/acme/topics/cloud-builds',
  subscription: 'projects/acme/subscriptions/millrace-default-builds',
}
/** Of Google's documentation of build notifications: the attributes, and the build as the message. */
const message = {
  id: '5183',
  attributes: { buildId: 'ae83b4d2-1c9e-4a5e-8f0e-1f3a4f4e2a7d', status: 'WORKING' },
  data: Buffer.from(
    '{"id": "ae83b4d2-1c9e-4a5e-8f0e-1f3a4f4e2a7d", "status": "WORKING", "projectId": "acme"}',
  ),
  publishTime: '2021-02-26T19:13:55.749Z',
  orderingKey: '',
}

test('a build that changed', () => {
  const made = toEvent(message, place)
  if (!('event' in made)) throw new Error('there is no event')
  expect({ ...made.event.attributes }).toEqual({
    specversion: '1.0',
    id: '5183',
    source: '//cloudbuild.googleapis.com/projects/acme/builds/ae83b4d2-1c9e-4a5e-8f0e-1f3a4f4e2a7d',
    type: 'google.cloud.cloudbuild.build.v1.statusChanged',
    subject: 'WORKING',
    time: '2021-02-26T19:13:55.749Z',
    dataschema:
      'https://raw.githubusercontent.com/googleapis/google-cloudevents/master/proto/google/events/cloud/cloudbuild/v1/data.proto',
    datacontenttype: 'application/json',
  })
  expect(made.event.data).toBe(message.data)
})

test.each(['buildId', 'status'])('without %s is none', (name) => {
  expect(toEvent({ ...message, attributes: { ...message.attributes, [name]: '' } }, place)).toEqual({
    malformed: expect.stringContaining(name) as string,
  })
})
