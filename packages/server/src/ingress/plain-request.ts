import type { Problem } from '@millrace/core'

/**
 * Plain JSON posted without CloudEvents headers is the first thing that most people try: the answer
 * names the headers that are missing and shows a request that works.
 */
export function explainPlainRequest(found: Problem, url: string): Problem {
  if (found.code !== 'not-a-cloudevent') return found
  const detail =
    'the headers ce-specversion, ce-id, ce-source and ce-type are missing (a body that is the whole event ' +
    'needs content-type: application/cloudevents+json); this works: ' +
    `curl -i ${url} -H 'ce-specversion: 1.0' -H 'ce-id: 1' -H 'ce-source: /curl' -H 'ce-type: com.example.hello' ` +
    `-H 'content-type: application/json' -d '{"hello":"world"}'`
  return { ...found, detail }
}
