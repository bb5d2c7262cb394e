// The HEALTHCHECK of the image: exit 0 when the server of this container is ready; else it prints why not.
import { get } from 'node:http'

const everywhere = { '0.0.0.0': '127.0.0.1', '::': '::1' }
const { hostname, port } = new URL(`http://${process.env.MILLRACE_ADMIN}`)
const address = hostname.replace(/^\[(.*)\]$/, '$1')

get({ host: everywhere[address] ?? address, port, path: '/readyz', timeout: 4_000 }, (answer) => {
  answer.pipe(process.stdout)
  if (answer.statusCode !== 200) process.exitCode = 1
}).on('error', (error) => {
  console.log(error.message)
  process.exitCode = 1
})
