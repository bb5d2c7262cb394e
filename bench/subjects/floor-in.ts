import { createServer } from 'node:http'
import { readWhole } from './read-whole.ts'
import { sayPort } from './say-port.ts'

/* R_in: the least that taking an event costs with node:http. */
const server = createServer({ noDelay: true }, (request, response) => {
  readWhole(request, () => void response.writeHead(202, ['content-length', '0']).end())
})
sayPort(server)
