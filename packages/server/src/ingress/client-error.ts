import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { problem, type Problem } from '@millrace/core'
import { problemJson, problemMediaType } from '../problem-json.ts'

/**
 * Answers a request that node could not read as HTTP, and ends the connection. → the problem that was
 * answered; none where nobody listens, or another answer is under way.
 */
export function answerClientError(
  error: Error & { readonly code?: string },
  socket: Socket,
): Problem | undefined {
  // node keeps the answer that is under way there, and looks at it in the same place
  const { _httpMessage: underWay } = socket as { readonly _httpMessage?: ServerResponse | null }
  const gone = !socket.writable || error.code === 'ECONNRESET'
  if (!gone && underWay?.req.complete === true) {
    // the nonsense came behind a request that is being answered: that answer is the last
    underWay.shouldKeepAlive = false
    return undefined
  }
  if (gone) {
    socket.destroy()
    return undefined
  }
  if (underWay?.headersSent === true) {
    // refused before its body, which then is no body: that answer still goes out
    underWay.end()
    socket.destroySoon()
    return undefined
  }
  const refused = clientProblem(error.code)
  const body = problemJson(refused)
  socket.end(
    `HTTP/1.1 ${refused.status} ${refused.title}\r\ncontent-type: ${problemMediaType}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
  return refused
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
