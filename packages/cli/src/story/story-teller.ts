import { spanText } from '../span-text.ts'
import type { Style, Terminal } from '../terminal.ts'
import { visibleLine } from '../visible.ts'
import { unmatchedText } from './unmatched-text.ts'
import type { AcceptedStep, AttemptStep, DeadStep, Step, Unmatched } from './step.ts'

/** Columns grow with what is in them, up to so much. */
const widest = 36
/** A row's columns before its words. */
interface Row {
  readonly time: string
  readonly id: string
  readonly name: string
}

export interface StoryOptions {
  readonly terminal: Pick<Terminal, 'style'>
  /** Begins each line with the time of day. */
  readonly times?: boolean
  /** Says where an event was accepted: there are several places. */
  readonly places?: boolean
}

/** Tells the way of events in lines that line up: the event's id, the trigger, what happened. */
export class StoryTeller {
  readonly #options: StoryOptions
  #idWidth = 10
  #nameWidth = 8

  constructor(options: StoryOptions) {
    this.#options = options
  }

  /** The lines of a step; none where a later step says the same. */
  lines(step: Step): string[] {
    switch (step.step) {
      case 'accepted': {
        const words = this.#accepted(step)
        const line = this.#line(
          rowOf(step, 'accepted'),
          words,
          step.matched.length === 0 ? 'yellow' : undefined,
        )
        return [line, ...this.#why(step)]
      }
      case 'unmatched':
        return this.#why(step)
      case 'attempt':
        return this.#attempt(step)
      case 'delivered': {
        const after = step.attempts > 1 ? `, with attempt ${step.attempts}` : ''
        return [this.#line(rowOf(step, named(step)), `delivered in ${spanText(step.ms)}${after}`, 'green')]
      }
      case 'dead':
        return [this.#line(rowOf(step, named(step)), deadText(step), 'red')]
      case 'rejected': {
        const { time, addressable, status, detail } = step
        return [
          this.#line(
            { time, id: visibleLine(addressable), name: 'rejected' },
            `${status}: ${visibleLine(detail)}`,
            'red',
          ),
        ]
      }
      case 'missed':
        return [
          this.#options.terminal.style(
            'yellow',
            `missed ${step.count}: they came faster than they were read`,
          ),
        ]
      default:
        // of a server that is newer than this
        return []
    }
  }

  #accepted({ event, addressable, matched, of }: AcceptedStep): string {
    const place = this.#options.places === true ? ` at ${addressable}` : ''
    const triggers = of === 1 ? 'trigger' : 'triggers'
    const which = matched.length === 0 ? '' : `: ${matched.map(visibleLine).join(', ')}`
    return `${visibleLine(event.type)}${place}, matched ${matched.length} of ${of} ${triggers}${which}`
  }

  #why(step: Parameters<typeof rowOf>[0] & { readonly why?: readonly Unmatched[] }): string[] {
    return (step.why ?? []).map((one) =>
      this.#line(rowOf(step, one.trigger), `not matched: ${unmatchedText(one)}`, 'dim'),
    )
  }

  /** One that delivers is told with the delivery's end. */
  #attempt(step: AttemptStep): string[] {
    if (step.outcome === 'delivered') return []
    const answer = step.code ?? visibleLine(step.error ?? 'no answer')
    const waitMs = step.due === undefined ? undefined : Date.parse(step.due) - Date.parse(step.time)
    const again = waitMs === undefined ? '' : `, again in ${spanText(waitMs)}`
    return [this.#line(rowOf(step, named(step)), `attempt ${step.attempt}: ${answer}${again}`, 'yellow')]
  }

  #line({ time, id, name }: Row, words: string, style: Style | undefined): string {
    const { terminal, times = false } = this.#options
    this.#idWidth = wider(this.#idWidth, id)
    this.#nameWidth = wider(this.#nameWidth, name)
    return [
      ...(times ? [terminal.style('dim', clock(time))] : []),
      terminal.style('cyan', id.padEnd(this.#idWidth)),
      name.padEnd(this.#nameWidth),
      style === undefined ? words : terminal.style(style, words),
    ].join('  ')
  }
}

function rowOf(
  { time, event }: { readonly time: string; readonly event: { readonly id: string } },
  name: string,
): Row {
  return { time, id: visibleLine(event.id), name: visibleLine(name) }
}

/** The trigger, and whether it is its dead-letter sink or its reply's URL. */
function named({ trigger, to }: { readonly trigger: string; readonly to?: string }): string {
  return to === undefined ? trigger : `${trigger} (${to})`
}

function deadText({ reason, code }: DeadStep): string {
  const why = reason ?? (code === undefined ? undefined : `the answer was ${code}`)
  return why === undefined ? 'dead letter' : `dead letter: ${visibleLine(why)}`
}

function wider(width: number, text: string): number {
  return Math.max(width, Math.min(text.length, widest))
}

/** The local time of day, to the millisecond. */
function clock(time: string): string {
  const date = new Date(time)
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()]
  const digits = parts.map((part) => String(part).padStart(2, '0')).join(':')
  return `${digits}.${String(date.getMilliseconds()).padStart(3, '0')}`
}
