import type { Command } from '../command.ts'
import { bench } from './bench.ts'
import { completionOf } from './completion.ts'
import { deliveriesCancel } from './deliveries-cancel.ts'
import { deliveriesLs } from './deliveries-ls.ts'
import { dev } from './dev.ts'
import { dlqDrop } from './dlq-drop.ts'
import { dlqLs } from './dlq-ls.ts'
import { dlqRedrive } from './dlq-redrive.ts'
import { dlqShow } from './dlq-show.ts'
import { event } from './event.ts'
import { filter } from './filter.ts'
import { get } from './get.ts'
import { graph } from './graph.ts'
import { jobsCancel } from './jobs-cancel.ts'
import { jobsLs } from './jobs-ls.ts'
import { jobsShow } from './jobs-show.ts'
import { keysLs } from './keys-ls.ts'
import { keysRelease } from './keys-release.ts'
import { keysShow } from './keys-show.ts'
import { keysSkip } from './keys-skip.ts'
import { orphansDrop } from './orphans-drop.ts'
import { orphansRedirect } from './orphans-redirect.ts'
import { pause } from './pause.ts'
import { resume } from './resume.ts'
import { send } from './send.ts'
import { serve } from './serve.ts'
import { sourcesReset } from './sources-reset.ts'
import { storeCopy } from './store-copy.ts'
import { tail } from './tail.ts'
import { validate } from './validate.ts'
import { version } from './version.ts'

const known: readonly Command[] = [
  dev,
  serve,
  validate,
  graph,
  filter,
  send,
  tail,
  event,
  get,
  pause,
  resume,
  deliveriesLs,
  deliveriesCancel,
  keysLs,
  keysShow,
  keysRelease,
  keysSkip,
  dlqLs,
  dlqShow,
  dlqRedrive,
  dlqDrop,
  sourcesReset,
  orphansDrop,
  orphansRedirect,
  jobsLs,
  jobsShow,
  jobsCancel,
  storeCopy,
  bench,
  version,
]

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [...known, completionOf(known)]
