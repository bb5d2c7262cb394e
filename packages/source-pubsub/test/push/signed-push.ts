import type { HttpCall } from '@millrace/source-sdk'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose'

export const account = 'pusher@acme.iam.gserviceaccount.com'
export const audience = 'https://hooks.acme.example/sources/default/tested'

export interface TokenParts {
  readonly iss?: string
  readonly aud?: string
  readonly email?: string
  readonly email_verified?: boolean
  readonly iat?: number
  readonly exp?: number
}

/** Who signs the tokens of pushes, with keys that are replaced now and then. */
export class Signer {
  #keys: { readonly privateKey: CryptoKey; readonly jwk: JWK }[] = []
  /** How often the keys were asked for. */
  asked = 0
  /** What is answered instead of the keys. */
  status = 200

  static async create(): Promise<Signer> {
    const signer = new Signer()
    await signer.rotate()
    return signer
  }

  /** Signs with a new key from now on. */
  async rotate(): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
    const kid = `key-${this.#keys.length + 1}`
    const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }
    this.#keys = [...this.#keys, { privateKey, jwk }]
  }

  /** → the header `authorization` of a push at a time */
  async bearer(nowMs: number, parts: TokenParts = {}): Promise<string> {
    const newest = this.#keys.at(-1)
    if (newest === undefined) throw new Error('there is no key')
    const now = Math.floor(nowMs / 1_000)
    const claims = {
      iss: 'https://accounts.google.com',
      aud: audience,
      email: account,
      email_verified: true,
      sub: '113774264463038321964',
      iat: now,
      exp: now + 3_600,
      ...parts,
    }
    const token = new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: newest.jwk.kid ?? '' })
    return `Bearer ${await token.sign(newest.privateKey)}`
  }

  /** Serves the keys. */
  readonly http: HttpCall = async () => {
    this.asked += 1
    const body = new TextEncoder().encode(JSON.stringify({ keys: this.#keys.map(({ jwk }) => jwk) }))
    return { status: this.status, headers: {}, body }
  }
}
