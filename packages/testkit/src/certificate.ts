import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A certificate with its key, PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** A new certificate that signs itself, in `folder/name.crt` and `.key`; of 127.0.0.1 and localhost, unless told otherwise. */
export async function certificate(
  folder: string,
  name: string,
  subjects = 'DNS:localhost,IP:127.0.0.1',
): Promise<Certificate> {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '3650']
  const names = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${subjects}`]
  await run('openssl', ['req', '-x509', ...kind, ...names, '-keyout', key, '-out', cert])
  return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') }
}
