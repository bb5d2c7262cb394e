import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'

/** Errors that ended a connection which had been of use before, and under a request no byte of an answer to which had come. */
const keepAliveRaces = new WeakSet<Error>()

/** Opens connections by another connector; of each that breaks it is known whether a request lost a race with its end. */
export function connector(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    connect(options, (...result) => {
      const [error, socket] = result
      // of one that failed undici gives no socket at all, whatever its types say
      if (error === null) watch(socket)
      callback(...result)
    })
  }
}

/** The error ended a connection that had carried an answer before, and this time not a byte of one. */
export function lostKeepAliveRace(error: Error): boolean {
  return keepAliveRaces.has(error)
}

function watch(socket: Socket): void {
  // a handshake of TLS has been read by now
  const readAtFirst = socket.bytesRead
  let readAtRequest = readAtFirst
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean
  socket.write = (...args: unknown[]) => {
    readAtRequest = socket.bytesRead
    return write(...args)
  }
  socket.once('error', (err) => {
    if (readAtRequest > readAtFirst && socket.bytesRead === readAtRequest) keepAliveRaces.add(err)
  })
}
