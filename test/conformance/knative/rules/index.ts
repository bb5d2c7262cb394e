import type { Rule } from '../rule.ts'
import { acceptance } from './acceptance.ts'
import { delivery } from './delivery.ts'
import { replies } from './replies.ts'
import { retries } from './retries.ts'

/** Every rule of Knative Eventing's data plane that can be seen from outside. */
export const rules: readonly Rule[] = [...acceptance, ...delivery, ...retries, ...replies]
