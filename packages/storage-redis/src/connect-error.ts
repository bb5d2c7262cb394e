import type { ServerOptions } from './store-url.ts'

/** Node's codes for a chain that ends in nobody it trusts. */
const untrusted =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET_ISSUER_CERT(_LOCALLY)?|VERIFY_LEAF_SIGNATURE))$/
/** TLS 1.3 asks for it once the handshake is done. */
const wantsClient = 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'
/** Whoever is there does not speak as we do; a Redis without TLS waits for the end of a line that never comes. */
const misunderstood = /^(ERR_SSL_\w+|EPROTO|ETIMEDOUT|ECONNRESET|EPIPE)$/
/** It has hung up, or answered with what is no reply of Redis: a TLS server does either. */
const noReply = /^(Connection is closed|Protocol error)/

/** An error of a connection that did not come about, with what a person can do: those of TLS name no remedy. */
export function connectError(error: unknown, { tls, host }: ServerOptions): unknown {
  if (!(error instanceof Error)) return error
  const advice = tls === undefined ? plainAdvice(error, host) : tlsAdvice(error)
  return advice === undefined ? error : new Error(advice, { cause: error })
}

function tlsAdvice(error: Error): string | undefined {
  const code = codeOf(error)
  // what Node adds is of its own flags
  const reason = error.message.replace(/;.*/s, '')
  if (untrusted.test(code))
    return `its certificate is not trusted (${reason}): set NODE_EXTRA_CA_CERTS to the PEM file of the CA that signed it, or NODE_USE_SYSTEM_CA=1 where the system trusts that CA`
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `its certificate is not for this host (${error.message}): use a name of the certificate in the URL, or a certificate that has the URL's host among its names`
  if (code === wantsClient)
    return 'it asks for a certificate of the client, which Millrace has none of: set tls-auth-clients no in Redis, and a password'
  if (misunderstood.test(code) || noReply.test(error.message))
    return `no TLS connection came about (${code === '' ? reason : code}): is the host right, and does this port speak TLS? redis:// is for one that does not; a Redis that asks clients for certificates needs tls-auth-clients no`
  return undefined
}

function plainAdvice(error: Error, host: string | undefined): string | undefined {
  const code = codeOf(error)
  // a socket of the file system and Sentinels have no TLS to offer
  if (host === undefined || !(/^(ECONNRESET|EPIPE)$/.test(code) || noReply.test(error.message)))
    return undefined
  return `it ended the connection before it answered (${code === '' ? error.message : code}): is it a Redis, and does it want TLS (rediss://)?`
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : ''
}
