import { isSourceError, type SinkFailure } from '@millrace/source-sdk'
import type { GoogleCloud } from '../cloud/google-cloud.ts'
import { codeOf, refusal } from '../cloud/refusal.ts'
import { TOPIC_READY } from '../feed/read-feed.ts'

/** Of gRPC. */
const deadlineExceeded = 4
const role = 'roles/pubsub.publisher'

/** Reasons of `refusal` that pass by themselves. */
const passing: ReadonlySet<string> = new Set(['UpstreamUnreachable', 'QuotaExceeded'])

/** What an error of Google's client means for a sink. */
export function failureOf(
  err: unknown,
  { cloud, topic }: { readonly cloud: GoogleCloud; readonly topic: string },
): SinkFailure {
  const { projectId } = cloud
  const { reason, message } = refusal(err, {
    cloud,
    doing: `publish to the topic "${topic}"`,
    role,
    condition: TOPIC_READY,
    missing: {
      reason: 'TopicMissing',
      message: `there is no topic "${topic}" in the project ${projectId}: run gcloud pubsub topics create ${topic} --project=${projectId}; what is sent to it waits`,
      afterMs: 0,
    },
  })
  if (reason === 'Refused') return { kind: 'refused', message }
  return {
    kind: passing.has(reason) ? 'unavailable' : 'unready',
    condition: TOPIC_READY,
    reason,
    message,
    ...(codeOf(err) === deadlineExceeded && { timeout: true }),
  }
}

/** Why the project or the credentials are not known. */
export function failureOfSetup(err: unknown): SinkFailure {
  const message = err instanceof Error ? err.message : String(err)
  const reason = isSourceError(err) ? err.reason : 'CredentialsInvalid'
  return { kind: 'unready', condition: TOPIC_READY, reason, message }
}
