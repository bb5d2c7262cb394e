import { readFile } from 'node:fs/promises'
import { isSourceError, SourceError, type SecretKeySelector } from '@millrace/source-sdk'
import type { CloudSpec } from './cloud-fields.ts'
import { environment } from './environment.ts'

/** Which project, and who asks. */
export interface GoogleCloud {
  readonly projectId: string
  /** None: the environment's (Application Default Credentials), or an emulator. */
  readonly key?: ServiceAccountKey
  /** No credentials are looked for. */
  readonly emulated: boolean
  /** Where the credentials come from, for messages such as `put a new key into …`. */
  readonly origin: string
}

/** A service account's key as Google hands it out. */
export interface ServiceAccountKey {
  readonly project_id?: string
  readonly client_email: string
  readonly private_key: string
}

/** What is asked for credentials: a context of a source has both, and so may others. */
export interface Asking {
  readonly spec: CloudSpec
  readonly secret: (selector: SecretKeySelector) => readonly string[]
}

/**
 * The project and the credentials of a manifest. Against an emulator none are looked for, and Google's metadata
 * address is never asked.
 * @throws {SourceError} that says which of them is missing, and what to do
 */
export async function googleCloud(asking: Asking): Promise<GoogleCloud> {
  const { spec } = asking
  const emulated = environment.pubSubEmulator !== undefined
  const found = emulated ? undefined : keyOf(asking)
  const projectId =
    spec.project ??
    found?.key.project_id ??
    (emulated ? undefined : await projectOfFile()) ??
    environment.project ??
    (emulated || found !== undefined ? undefined : await projectOfPlace())
  if (projectId === undefined)
    throw SourceError.terminal(
      'the project is not known: set spec.project, or GOOGLE_CLOUD_PROJECT in the environment of the server',
      { reason: 'ProjectUnknown' },
    )
  if (emulated) return { projectId, emulated, origin: 'the emulator' }
  return found === undefined
    ? { projectId, emulated, origin: 'the environment' }
    : { projectId, emulated, key: found.key, origin: found.origin }
}

/** Knative's own name of the Secret, where it is there; one that is named must be. */
function keyOf({ spec, secret }: Asking): { key: ServiceAccountKey; origin: string } | undefined {
  const { name, key } = spec.secret ?? { name: 'google-cloud-key', key: 'key.json' }
  let text: string
  try {
    text = secret({ secretKeyRef: { name, key } }).join('\n')
  } catch (error) {
    if (spec.secret === undefined && isSourceError(error)) return undefined
    throw error
  }
  const origin = `key "${key}" of secrets "${name}"`
  const parsed = serviceAccountKey(text)
  if (parsed === undefined)
    throw SourceError.terminal(
      `${origin} is no key of a service account: put the JSON file there that gcloud iam service-accounts keys create writes`,
      { reason: 'CredentialsInvalid', problem: 'signature' },
    )
  return { key: parsed, origin }
}

function serviceAccountKey(text: string): ServiceAccountKey | undefined {
  try {
    const key = JSON.parse(text) as Partial<ServiceAccountKey> | null
    const whole = typeof key?.client_email === 'string' && typeof key.private_key === 'string'
    return whole ? (key as ServiceAccountKey) : undefined
  } catch {
    return undefined
  }
}

async function projectOfFile(): Promise<string | undefined> {
  const path = environment.credentialsFile
  if (path === undefined) return undefined
  try {
    const { project_id: project } = JSON.parse(await readFile(path, 'utf8')) as { project_id?: unknown }
    return typeof project === 'string' ? project : undefined
  } catch (cause) {
    throw SourceError.retryable(
      `GOOGLE_APPLICATION_CREDENTIALS names ${path}, which cannot be read as JSON: ${(cause as Error).message}`,
      { cause, reason: 'CredentialsInvalid', problem: 'signature' },
    )
  }
}

/** Of gcloud's configuration, or of the machine in Google's cloud that this runs on. */
async function projectOfPlace(): Promise<string | undefined> {
  const { GoogleAuth } = await import('google-auth-library')
  return new GoogleAuth().getProjectId().catch(() => undefined)
}
