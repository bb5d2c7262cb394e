import { printable, problem, type Problem } from '@millrace/core'
import { nearest } from '@millrace/resources'
import { problemAnswer, type Answer } from './answer.ts'

const allow = ['allow', 'POST, OPTIONS']

/** Beyond so many addressables, or so long a path, no nearest name is looked for: anyone can ask. */
const nearestLimits = { names: 1_000, length: 140 }

export function noSuchAddressable(path: string, known: Iterable<string>): Problem {
  const names = path.length > nearestLimits.length ? [] : [...known]
  const near = names.length > nearestLimits.names ? undefined : nearestPath(path, names)
  const hint = near === undefined ? 'a broker is at /NAMESPACE/NAME' : `did you mean ${near}?`
  return problem('no-such-addressable', `nothing is at ${printable(path)}; ${hint}`)
}

/** The right name in a wrong namespace is meant more often than another name that is spelled alike. */
function nearestPath(path: string, names: readonly string[]): string | undefined {
  const sameName = names.filter((each) => lastPart(each) === lastPart(path))
  return nearest(path, sameName) ?? sameName[0] ?? nearest(path, names)
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/'))
}

/** What is answered to anything but POST, and why it is a refusal, if it is. */
export interface OtherAnswer {
  readonly answer: Answer
  readonly refused?: Problem
}

/**
 * What an addressable answers to anything but POST: OPTIONS as the CloudEvents webhook specification
 * asks (sections 4.1 and 4.2), 405 to all else; a browser gets one sentence.
 */
export function answerOtherMethod(method: string, path: string, accept: string | undefined): OtherAnswer {
  if (method === 'OPTIONS') return { answer: options }
  const sentence = `${path} takes CloudEvents by POST; ${printable(method)} is not allowed`
  const refused = problem('method-not-allowed', sentence)
  const isBrowser = accept !== undefined && /\btext\/html\b/i.test(accept)
  return { answer: isBrowser ? page(path) : problemAnswer(refused, allow), refused }
}

const options: Answer = {
  status: 200,
  headers: [...allow, 'webhook-allowed-origin', '*', 'webhook-allowed-rate', '*'],
  body: '',
}

function page(path: string): Answer {
  return {
    status: 405,
    headers: [...allow, 'content-type', 'text/html; charset=utf-8'],
    body: `<!doctype html><title>Millrace</title><p>This is ${path}, which takes CloudEvents: send them by POST.\n`,
  }
}
