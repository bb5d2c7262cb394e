import { age } from '../age.ts'
import { spanText } from '../span-text.ts'
import type { Style, Terminal } from '../terminal.ts'
import { visibleLine } from '../visible.ts'
import { advice } from './advice.ts'
import type { Journey, JourneyAttempt, JourneyDelivery } from './journey.ts'
import type { Unmatched } from './step.ts'
import { unmatchedText } from './unmatched-text.ts'

const styles: Readonly<Record<string, Style>> = {
  delivered: 'green',
  dead: 'red',
  orphaned: 'red',
  parked: 'red',
  retrying: 'yellow',
  paused: 'yellow',
}

const nothingKnown =
  'nothing is known: it was delivered (an archive would say so), cancelled or dropped, or the trigger has matched it only since then'

/** Where an event is, for people: where it was accepted, then each trigger with what became of it there. */
export function journeyLines(
  journey: Journey,
  { style }: Pick<Terminal, 'style'>,
  nowMs = Date.now(),
): string[] {
  const { addressable, acceptedAt, event, deliveries, unmatched, unknown = [] } = journey
  const { id, type, data } = event
  const names = [...[...deliveries, ...unmatched].map(({ trigger }) => trigger), ...unknown]
  const width = Math.max(0, ...names.map(({ length }) => length))
  const isUnwanted = deliveries.length === 0 && unknown.length === 0
  return [
    `${style('cyan', text(id))}  ${style('bold', text(type))}`,
    `accepted  at ${addressable}, ${acceptedAt} (${age(acceptedAt, nowMs)} ago)`,
    ...(isUnwanted ? [`matched   no trigger`] : []),
    ...deliveries.flatMap((delivery) => ofDelivery(delivery)),
    ...unknown.map((trigger) => `  ${visibleLine(trigger).padEnd(width)}  ${style('dim', nothingKnown)}`),
    ...unmatched.map((one) => ofUnmatched(one)),
    ...(unmatched.length > 0 && isUnwanted
      ? [todo('change the clause, and try it on the event first: millrace filter --help')]
      : []),
    ...(data === undefined ? [] : [`data      ${text(data)}`]),
  ]

  function ofDelivery(delivery: JourneyDelivery): string[] {
    const { trigger, to, state, due, attempts, reason, ms } = delivery
    const took = ms === undefined ? '' : ` in ${spanText(ms)}`
    const name = to === undefined ? trigger : `${trigger} (${to})`
    const why = reason === undefined ? '' : `: ${errorText(reason)}`
    const hint = advice(delivery)
    const shown = styles[state]
    const words = `${state}${took}${why}${whenText(state, due, nowMs)}`
    return [
      `  ${visibleLine(name).padEnd(width)}  ${shown === undefined ? words : style(shown, words)}`,
      ...attempts.map((attempt) => `  ${''.padEnd(width)}  ${ofAttempt(attempt)}`),
      ...(hint === undefined ? [] : [todo(hint)]),
    ]
  }

  function ofUnmatched(one: Unmatched): string {
    const words = style('dim', `unmatched: ${unmatchedText(one)}`)
    return `  ${visibleLine(one.trigger).padEnd(width)}  ${words}`
  }

  function todo(hint: string): string {
    return `  ${''.padEnd(width)}  ${style('bold', '→')} ${hint}`
  }
}

function ofAttempt({ n, at, code, error, body, ms }: JourneyAttempt): string {
  const plain = code !== undefined && error === `the answer was ${code}`
  const answer = [
    ...(code === undefined ? [] : [String(code)]),
    ...(error === undefined || plain ? [] : [errorText(error)]),
    ...(code === undefined && error === undefined ? ['taken'] : []),
  ]
  // a timeout says its time itself
  const took = ms === undefined || error?.includes('timeout') === true ? '' : ` after ${spanText(ms)}`
  const said = body === undefined || body === '' ? '' : ` ${JSON.stringify(body)}`
  return `attempt ${n}: ${answer.join(', ')}${took}${said} (${at})`
}

function errorText(error: string): string {
  return visibleLine(error.replace(/^dispatch error: /, ''))
}

/** When it goes on, where it is a matter of time. */
function whenText(state: string, due: string | undefined, nowMs: number): string {
  if (due === undefined || (state !== 'retrying' && state !== 'scheduled')) return ''
  const waitMs = Date.parse(due) - nowMs
  const again = state === 'retrying' ? ', again' : ''
  return `${again} ${waitMs <= 0 ? 'now' : `in ${spanText(waitMs)}`}`
}

function text(value: unknown): string {
  return visibleLine(typeof value === 'string' ? value : JSON.stringify(value))
}
