import type { GoogleAuth } from 'google-auth-library'
import type { GoogleCloud } from './google-cloud.ts'

const scopes = ['https://www.googleapis.com/auth/cloud-platform']

/**
 * Who asks, as Google's libraries take it. For an emulator it is nobody, and told so: otherwise the libraries look
 * for credentials, at Google's metadata address too.
 */
export async function authentication({ projectId, key, emulated }: GoogleCloud): Promise<GoogleAuth> {
  const { GoogleAuth, JWT, PassThroughClient } = await import('google-auth-library')
  if (emulated) return new GoogleAuth({ projectId, authClient: new PassThroughClient() })
  if (key === undefined) return new GoogleAuth({ projectId, scopes })
  const authClient = new JWT({ email: key.client_email, key: key.private_key, scopes })
  return new GoogleAuth({ projectId, authClient })
}
