import type { buildConnector } from 'undici'

/** What a connection had read before this error ended it. */
const readBefore = new WeakMap<Error, number>()

/** Opens connections by another connector; of each that breaks it is known whether it had been of use before. */
export function connector(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    connect(options, (...result) => {
      const [, socket] = result
      socket?.once('error', (err) => readBefore.set(err, socket.bytesRead))
      callback(...result)
    })
  }
}

/** The error ended a connection that had carried an answer before. */
export function endedReusedConnection(error: Error): boolean {
  const { code, socket } = error as Error & { code?: string; socket?: { bytesRead?: number } }
  if (code !== 'UND_ERR_SOCKET' && code !== 'ECONNRESET' && code !== 'EPIPE') return false
  // undici tells of the socket only where the peer closed it, not where it reset it
  return (socket?.bytesRead ?? readBefore.get(error) ?? 0) > 0
}
