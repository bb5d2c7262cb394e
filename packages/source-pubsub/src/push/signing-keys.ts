import { SourceError, type HttpCall } from '@millrace/source-sdk'
import type { JWTVerifyGetKey } from 'jose'
import { environment } from '../cloud/environment.ts'

const googles = 'https://www.googleapis.com/oauth2/v3/certs'
/** A key that is not known yet is looked for no more often than this: anybody may send a token. */
const cooldownMs = 30_000

const known = new WeakMap<HttpCall, Map<string, Promise<JWTVerifyGetKey>>>()

/** The keys that Google signs its tokens with (OpenID Connect Discovery, `jwks_uri`), kept for ten minutes. */
export function signingKeys(http: HttpCall): Promise<JWTVerifyGetKey> {
  const url = environment.signingKeysUrl ?? googles
  const ofHttp = known.get(http) ?? new Map<string, Promise<JWTVerifyGetKey>>()
  known.set(http, ofHttp)
  const keys = ofHttp.get(url) ?? openKeys(http, url, cooldownMs)
  ofHttp.set(url, keys)
  return keys
}

export async function openKeys(
  http: HttpCall,
  url: string,
  cooldownDuration: number,
): Promise<JWTVerifyGetKey> {
  const { createRemoteJWKSet, customFetch } = await import('jose')
  return createRemoteJWKSet(new URL(url), {
    cooldownDuration,
    async [customFetch](address: string) {
      const { status, body } = await http({ url: address })
      if (status !== 200)
        throw SourceError.retryable(`the keys of ${new URL(url).host} cannot be had: it answers ${status}`)
      return new Response(Buffer.from(body), { status })
    },
  })
}
