import { pauseCommand } from '../pause-command.ts'

export const resume = pauseCommand(
  'resume',
  'Let a paused trigger or subscription go on, with what has waited',
  (what) => `${what} goes on`,
)
