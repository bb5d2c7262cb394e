import { pauseCommand } from '../pause-command.ts'

export const pause = pauseCommand(
  'pause',
  'Hold the deliveries of a trigger or a subscription back: what it gets waits, over restarts too',
  (what) => `${what} is paused: its deliveries wait, attempts under way end`,
)
