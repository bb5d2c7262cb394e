import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { ScriptedAnswer } from './receiver-script.ts'
import { binaryMessage } from './test-event.ts'

/** Sends what the script says. */
export async function answer(response: ServerResponse, scripted: ScriptedAnswer): Promise<void> {
  const script = typeof scripted === 'number' ? { status: scripted } : scripted
  if (script.delayMs !== undefined) await delay(script.delayMs)
  if (script.reset === 'at once') {
    response.socket?.resetAndDestroy()
    return
  }
  const message = script.event === undefined ? { headers: {}, body: undefined } : binaryMessage(script.event)
  const body = Buffer.from(script.body ?? message.body ?? '')
  const headers = { ...message.headers, 'content-length': body.length, ...script.headers }
  response.writeHead(script.status ?? 200, headers)
  if (script.reset === 'in the body') {
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.resetAndDestroy())
    return
  }
  if (script.dripMs !== undefined) {
    for (const byte of body) {
      response.write(Buffer.of(byte))
      await delay(script.dripMs)
    }
    response.end()
    return
  }
  response.end(body)
}
