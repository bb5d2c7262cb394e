import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'

/** Cloud Storage's JSON API, as far as the example needs it. */

export async function createBucket(endpoint: string, name: string): Promise<void> {
  await ask(`${endpoint}/storage/v1/b?project=acme-test`, 'application/json', JSON.stringify({ name }))
}

export async function putObject(
  endpoint: string,
  {
    bucket,
    name,
    contentType,
  }: { readonly bucket: string; readonly name: string; readonly contentType: string },
): Promise<void> {
  const path = `${endpoint}/upload/storage/v1/b/${bucket}/o?uploadType=media&name=${encodeURIComponent(name)}`
  await ask(path, contentType, 'of a photo, the bytes')
}

async function ask(url: string, contentType: string, body: string): Promise<void> {
  const asked = request(url, { method: 'POST', headers: { 'content-type': contentType } })
  asked.end(body)
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  answer.resume()
  if (answer.statusCode !== 200) throw new Error(`${url} answers ${answer.statusCode}`)
}
