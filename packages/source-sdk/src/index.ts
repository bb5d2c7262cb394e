export type { AttributeValue, Attributes, CloudEvent } from '@millrace/core'
export { asAttributeText } from './attribute-text.ts'
export type {
  Checkpoint,
  Clock,
  DeletionContext,
  ResetContext,
  RunContext,
  SourceContext,
  SourceLog,
  SourceProblem,
  SourceStatus,
} from './context.ts'
export type { Advance, Emission, Emit, EmitResult, SdkCloudEvent } from './emission.ts'
export { eventOf, fromSdk, type EventParts } from './event-of.ts'
export { hubSignatureProblem, type HubSigned } from './hub-signature.ts'
export type { HttpCall, HttpCallAnswer, HttpCallRequest } from './http-call.ts'
export type { SinkKind } from './sink-kind.ts'
export {
  defineSink,
  type DefinedSink,
  type OpenSink,
  type Sink,
  type SinkContext,
  type SinkEvent,
  type SinkFailure,
} from './sink.ts'
export {
  equalInConstantTime,
  hmacSha256,
  isOneInConstantTime,
  isSignedBy,
  type SignedMessage,
} from './signature.ts'
export { isSourceError, SourceError, type SourceErrorOptions } from './source-error.ts'
export {
  secretKeySelectorSchema,
  type CeAttributes,
  type JsonSchema,
  type Named,
  type SecretKeySelector,
  type SourceColumn,
  type SourceKind,
  type SourceManifest,
  type SourceReport,
} from './source-kind.ts'
export { CONTRACT, defineSource, type DefinedSource, type ResetStep, type Source } from './source.ts'
export { uuidOf } from './uuid.ts'
export type { WebhookAnswer, WebhookRequest } from './webhook.ts'
