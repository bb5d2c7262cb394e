import type { Options } from './command-spec.ts'

/** `-f`, of the commands that read manifests. */
export const filesOption = {
  files: {
    type: 'string',
    short: 'f',
    multiple: true,
    separator: ':',
    value: 'PATH',
    help: 'manifests: a file, a folder, or - for standard input',
  },
} as const satisfies Options
