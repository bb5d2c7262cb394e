import type { JourneyAttempt, JourneyDelivery } from './journey.ts'

/** 255 times through addressables: what a reply or a dead letter leads back to. */
const loop =
  'break the loop: narrow the filter that takes the reply again, or let the subscriber answer with another type'

/** What to do about a delivery that has not arrived; nothing where it has, or is on its way. */
export function advice(delivery: JourneyDelivery): string | undefined {
  const { trigger, state, attempts, reason = '' } = delivery
  switch (state) {
    case 'paused':
      return `${resume(delivery)} lets it go on; what waits is kept`
    case 'waiting':
      return reason === 'a reference leads nowhere' ? missing(delivery) : undefined
    case 'parked':
      return `mend its subscriber, then: millrace keys ls ${trigger}, and millrace keys release`
    case 'orphaned':
      return 'its trigger has left the manifests: bring it back, or look at millrace get orphans'
    case 'retrying':
      return `${whyFailing(attempts.at(-1))}; it is tried again by itself`
    case 'dead':
      if (/knativebrokerttl/.test(reason)) return loop
      return `${whyFailing(attempts.at(-1))}${afterwards(delivery)}`
    default:
      return undefined
  }
}

function resume({ kind, namespace, trigger }: JourneyDelivery): string {
  return `millrace resume ${kind.toLowerCase()} ${trigger}${inNamespace(namespace)}`
}

function missing({ kind, namespace }: JourneyDelivery): string {
  return `declare what it names: millrace get ${kind.toLowerCase()}s${inNamespace(namespace)} says what is missing`
}

function inNamespace(namespace: string): string {
  return namespace === 'default' ? '' : ` -n ${namespace}`
}

/** A dead letter that went to a sink, or was dropped, cannot be redriven; one that was redriven is an event of its own. */
function afterwards({ namespace, trigger, deadLetter }: JourneyDelivery): string {
  if (deadLetter === undefined)
    return '; no dead letter rests here: it went to its sink, was redriven, or was dropped'
  return `, then: millrace dlq redrive --trigger ${namespace === 'default' ? trigger : `${namespace}/${trigger}`}`
}

/** What to mend, by how the last attempt ended. */
function whyFailing({ code, error = '' }: Partial<JourneyAttempt> = {}): string {
  if (code === undefined && /time.?out/i.test(error))
    return 'let the subscriber answer sooner, or raise spec.delivery.timeout'
  if (code === undefined) return 'start the subscriber, or correct its address in the manifest'
  if (code >= 400 && code < 500) return 'the subscriber refuses it: mend the subscriber, or the event'
  return "look at the subscriber's own log"
}
