import type { JourneyDelivery } from './journey.ts'

/** What to do about a delivery that has not arrived; nothing where it has, or is on its way. */
export function advice({ trigger, state, attempts, reason = '' }: JourneyDelivery): string | undefined {
  switch (state) {
    case 'paused':
      return `millrace resume trigger ${trigger} lets it go on; what waits is kept`
    case 'parked':
      return `mend its subscriber, then: millrace keys ls ${trigger}, and millrace keys release`
    case 'orphaned':
      return 'its trigger has left the manifests: bring it back, or look at millrace get orphans'
    case 'retrying':
      return unanswered(attempts.at(-1)?.error)
    case 'dead':
      return `${whyDead(reason, attempts.at(-1))}, then: millrace dlq redrive --trigger ${trigger}`
    default:
      return undefined
  }
}

function whyDead(reason: string, last: JourneyDelivery['attempts'][number] | undefined): string {
  if (/knativebrokerttl/.test(reason)) return 'break the loop: millrace validate names it'
  const { code, error } = last ?? {}
  if (error !== undefined) return unanswered(error) ?? 'mend the subscriber'
  if (code !== undefined && code >= 400 && code < 500) return 'the subscriber refuses it: mend the subscriber'
  return 'mend the subscriber'
}

function unanswered(error: string | undefined): string | undefined {
  if (error === undefined) return undefined
  if (/time.?out/i.test(error)) return 'answer sooner, or raise spec.delivery.timeout'
  return 'start the subscriber, or correct its address in the manifest'
}
