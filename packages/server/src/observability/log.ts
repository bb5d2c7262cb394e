import { destination, pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** Lines that nobody reads are dropped beyond this, instead of filling memory or holding up events. */
const mostUnwrittenBytes = 4 * 1024 * 1024

/** The server's log: one JSON object a line, on standard error unless told otherwise. */
export function createLog(level: LogLevel, to: DestinationStream = standardError()): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    to,
  )
}

/** Written without waiting; pino flushes what is left when the process ends. */
function standardError(): DestinationStream {
  return destination({ fd: 2, sync: false, maxLength: mostUnwrittenBytes })
}
