import { mapAt } from '../kinds/shape.ts'
import type { Manifest } from '../kinds/kind.ts'
import { quote } from '../quote.ts'
import type { Annotation } from './annotation.ts'
import { oneOf } from './annotation-values.ts'

const PUSH = 'millrace.dev/push'
const ACCOUNT = 'millrace.dev/push-account'
const on = ['CloudPubSubSource']

/** Of messages that Google's Pub/Sub pushes. */
export const pushAnnotations: readonly Annotation[] = [
  {
    name: PUSH,
    on,
    class: 'enforced',
    does: 'With `"true"` messages are pushed to `/sources/NAMESPACE/NAME`, wrapped or not, instead of being pulled.',
    problem: oneOf('true', 'false'),
    warning: (value, manifest) =>
      value === 'true' && annotationsOf(manifest)[ACCOUNT] === undefined
        ? `should have ${ACCOUNT} beside it, the service account that pushes: without it whoever has an account at Google can send events`
        : undefined,
  },
  {
    name: 'millrace.dev/push-audience',
    on,
    class: 'enforced',
    does: 'What the token of a push must be for; the URL that is pushed to unless set.',
    problem: (value, manifest) =>
      value === '' ? 'is empty, must be the audience of the push subscription' : unused(manifest),
  },
  {
    name: ACCOUNT,
    on,
    class: 'enforced',
    does: 'The e-mail address of the service account whose tokens are taken; of every account unless set.',
    problem: (value, manifest) =>
      /^[^@\s]+@[^@\s]+$/.test(value)
        ? unused(manifest)
        : `is ${quote(value)}, must be the e-mail address of a service account`,
  },
]

function unused(manifest: Manifest): string | undefined {
  return annotationsOf(manifest)[PUSH] === 'true' ? undefined : `does nothing without ${PUSH}: "true"`
}

function annotationsOf({ value }: Manifest): Readonly<Record<string, unknown>> {
  return mapAt(mapAt(value, 'metadata'), 'annotations')
}
