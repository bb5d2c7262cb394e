import type { GoogleAuth } from 'google-auth-library'
import type { GoogleCloud } from './google-cloud.ts'
import { credentialsRefusal } from './refusal.ts'

const scopes = ['https://www.googleapis.com/auth/cloud-platform']

/**
 * Who asks, as Google's libraries take it. For an emulator it is nobody, and told so: otherwise the libraries look
 * for credentials, at Google's metadata address too.
 * @throws {SourceError} where there are none
 */
export async function authentication(cloud: GoogleCloud): Promise<GoogleAuth> {
  const { projectId, key, emulated } = cloud
  const { GoogleAuth, JWT, PassThroughClient } = await import('google-auth-library')
  if (emulated) return new GoogleAuth({ projectId, authClient: new PassThroughClient() })
  if (key === undefined) {
    const auth = new GoogleAuth({ projectId, scopes })
    // a client that looks for them itself, and finds none, leaves a rejection behind that ends the process
    await auth.getClient().catch((error: unknown) => {
      throw credentialsRefusal(error, cloud)
    })
    return auth
  }
  const authClient = new JWT({ email: key.client_email, key: key.private_key, scopes })
  return new GoogleAuth({ projectId, authClient })
}
