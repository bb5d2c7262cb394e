import { putObject } from './storage-api.ts'

/** Puts a photo into the bucket: `put.ts [NAME]`. */

const [name = 'in/black-cat.jpg'] = process.argv.slice(2)
const endpoint = process.env['GCS_ENDPOINT']
if (endpoint === undefined) throw new Error('GCS_ENDPOINT is not set: it is what cloud.ts prints')
await putObject(endpoint, { bucket: 'acme-photos', name, contentType: 'image/jpeg' })
console.log(`gs://acme-photos/${name}`)
