import { keyCommand } from '../key-command.ts'

export const keysSkip = keyCommand(
  'skip',
  'Make the head of a parked key a dead letter; those behind it go on',
  (key) => `${key} goes on behind its head, which is a dead letter`,
)
