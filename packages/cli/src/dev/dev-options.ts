import type { Options } from '../command-spec.ts'
import { filesOption } from '../files-option.ts'
import { configOptions } from '../server-config.ts'

/** The flags of `dev`. */
export const devOptions = {
  files: { ...filesOption.files, help: 'your own manifests instead of the sample: a file, a folder, or -' },
  to: {
    type: 'string',
    value: 'URL',
    help: 'where every ref goes that does not resolve, such as your program',
  },
  listen: hostPort('where events are sent to; 127.0.0.1:8080, or a free port where that is taken'),
  admin: hostPort('health, metrics and commands; 127.0.0.1:8081, or a free port'),
  'admin-token': configOptions['admin-token'],
  store: { type: 'string', value: 'URL', help: 'sqlite:DIRECTORY, to keep events; in memory where unset' },
  'log-level': { ...configOptions['log-level'], default: 'error' },
} as const satisfies Options

function hostPort<const Help extends string>(help: Help) {
  return { type: 'string', value: 'HOST:PORT', help } as const
}
