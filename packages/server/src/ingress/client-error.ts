import type { Socket } from 'node:net'
import { problem, type Problem } from '@millrace/core'
import { problemJson, problemMediaType } from '../problem-json.ts'

/** What is said to a request that node could not read as HTTP; the connection ends with it. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (!socket.writable || socket.bytesWritten > 0 || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const refused = clientProblem(error.code)
  const body = problemJson(refused)
  socket.end(
    `HTTP/1.1 ${refused.status} ${refused.title}\r\ncontent-type: ${problemMediaType}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}

function clientProblem(code: string | undefined): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return problem('headers-too-large', 'the headers are larger than 64 KiB, the most that is taken')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return problem('request-timeout', 'the request did not come to its end in time')
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return problem('too-large', 'the extensions of a chunk are too large')
    default:
      return problem('bad-request', 'this is not HTTP/1.1 as RFC 9112 has it')
  }
}
