import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { CloudEvent, HTTP } from 'cloudevents'

/** Two services on one port (9001, or PORT): one labels photos, the other keeps a catalogue of labels. */

/** The resource of an object, as Cloud Storage describes it. */
interface StoredObject {
  readonly name: string
  readonly bucket: string
  readonly contentType?: string
}

interface Labelled {
  readonly photo: string
  readonly labels: readonly string[]
}

const server = createServer((request, response) => void receive(request, response))
server.listen(Number(process.env['PORT'] ?? 9001), '127.0.0.1', () => {
  console.log(`sinks at http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const event = HTTP.toEvent({ headers: request.headers, body: await text(request) }) as CloudEvent<unknown>
  if (request.url === '/label') {
    const labelled = label(event as CloudEvent<StoredObject>)
    const { headers, body } = HTTP.binary(labelled)
    response.writeHead(200, headers as Record<string, string>).end(body)
    console.log(`label ${event.subject}`)
    return
  }
  const { photo, labels } = event.data as Labelled
  response.writeHead(204).end()
  console.log(`catalogue ${photo}: ${labels.join(', ')}`)
}

/** Knows a photo by its name; yours would look at it. */
function label({ id, data }: CloudEvent<StoredObject>): CloudEvent<Labelled> {
  const { bucket = '', name = '', contentType = '' } = data ?? {}
  const words = name.replace(/^.*\/|\.\w+$/g, '').split(/\W+/)
  const labels = [...words, contentType.split('/')[0] ?? ''].filter((word) => word !== '')
  const photo = `gs://${bucket}/${name}`
  return new CloudEvent({
    id: `${id}-labels`,
    source: '/labels',
    type: 'com.example.photo.labelled',
    data: { photo, labels },
  })
}
