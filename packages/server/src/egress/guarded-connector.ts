import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { buildConnector } from 'undici'
import type { EgressRules } from './egress-rules.ts'

/** A connection that was not made because of where it leads. */
export class EgressDeniedError extends Error {
  readonly code = 'EGRESS_DENIED'
}

export interface GuardedConnectorOptions {
  readonly rules: EgressRules
  readonly timeoutMs: number
  /** How names are resolved; the system's resolver where left out. */
  readonly lookup?: Resolve
}

export type Resolve = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/**
 * Opens connections over HTTP and HTTPS to where the rules let them. A name is judged by the addresses
 * that the socket then connects to, which are resolved once: a name that resolves otherwise a moment
 * later changes nothing. Runs for each connection, not for each request.
 */
export function guardedConnector(options: GuardedConnectorOptions): buildConnector.connector {
  const { rules, timeoutMs, lookup = systemLookup } = options
  const connect = buildConnector({
    timeout: timeoutMs,
    allowH2: false,
    lookup: guardedLookup(rules, lookup),
  })
  return (target, callback) => {
    const error = refusal(rules, target)
    if (error === undefined) connect(target, callback)
    else process.nextTick(callback, error, null)
  }
}

/** What needs no resolver: the protocol, and an address that stands in the URL (in any spelling: URL parsing has unified them). */
function refusal(rules: EgressRules, { protocol, hostname }: buildConnector.Options): Error | undefined {
  if (protocol !== 'http:' && protocol !== 'https:')
    return new EgressDeniedError(`${protocol}// is denied by the egress rules (http and https only)`)
  const address = hostname.replace(/^\[(.*)\]$/, '$1')
  const denial = isIP(address) === 0 ? undefined : rules.denial(address)
  return denial === undefined ? undefined : denied(address, denial)
}

/** A resolver that gives only what may be connected to, and fails where nothing is left. */
function guardedLookup(rules: EgressRules, resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, [])
      const allowed = addresses.filter(({ address }) => rules.denial(address) === undefined)
      const [first] = allowed
      if (first === undefined) {
        const address = addresses[0]?.address ?? ''
        return callback(denied(`${hostname} (${address})`, rules.denial(address) ?? 'no address'), [])
      }
      if (options.all === true) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }
}

function denied(what: string, rule: string): EgressDeniedError {
  return new EgressDeniedError(
    `${what} is denied by the egress rules (${rule}); --egress-allow makes exceptions`,
  )
}
