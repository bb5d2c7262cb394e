import { expect, test } from 'vitest'
import { gitLabEventName } from '../src/gitlab-event.ts'

// the headers of GitLab ("Webhook events"), and Knative's names of them
test.each([
  ['Push Hook', 'push'],
  ['Tag Push Hook', 'tag_push'],
  ['Issue Hook', 'issue'],
  ['Confidential Issue Hook', 'confidential_issue'],
  ['Note Hook', 'note'],
  ['Confidential Note Hook', 'confidential_note'],
  ['Merge Request Hook', 'merge_request'],
  ['Wiki Page Hook', 'wiki_page'],
  ['Pipeline Hook', 'pipeline'],
  ['Job Hook', 'job'],
  ['Deployment Hook', 'deployment'],
  ['Member Hook', 'member'],
  ['Subgroup Hook', 'subgroup'],
  ['Feature Flag Hook', 'feature_flag'],
  ['Release Hook', 'release'],
  ['Emoji Hook', 'emoji'],
  ['Resource Access Token Hook', 'resource_access_token'],
])('%s is %s', (header, name) => {
  expect(gitLabEventName(header)).toBe(name)
})

test.each(['', 'Push', ' Hook', 'Hook', 'Push Hooks'])('%j names no event', (header) => {
  expect(gitLabEventName(header)).toBeUndefined()
})
