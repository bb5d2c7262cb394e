/** What is wrong, in the words that conditions use. */
export type KafkaFault =
  | 'authentication'
  | 'authorization'
  | 'certificate'
  | 'topic'
  | 'record'
  | 'address'
  | 'other'

/** Why Kafka did not do what was asked, whichever client says so. */
export class KafkaError extends Error {
  readonly fault: KafkaFault

  constructor(fault: KafkaFault, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause })
    this.name = 'KafkaError'
    this.fault = fault
  }
}

/** Codes of Node's TLS and OpenSSL that say that a certificate is not taken. */
const certificateCodes = /CERT|ISSUER|SELF_SIGNED|ALTNAME|CRL|ERR_OSSL|ERR_SSL|SSL|PEM/
const addressCodes = /^(ECONN|EHOST|ENET|ETIMEDOUT|ENOTFOUND|EAI_|EPIPE|EADDR)/

/** What a code of Node says is wrong; undefined where it says nothing of that kind. */
export function faultOfCode(code: string | undefined): KafkaFault | undefined {
  if (code === undefined) return undefined
  if (addressCodes.test(code)) return 'address'
  return certificateCodes.test(code) || code === 'EPROTO' ? 'certificate' : undefined
}
