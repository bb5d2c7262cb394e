import { keyCommand } from '../key-command.ts'

export const keysRelease = keyCommand(
  'release',
  'Deliver the head of a parked key again, with fresh retries; those behind it follow',
  (key) => `${key} goes on with its head`,
)
