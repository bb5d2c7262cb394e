import type { CompileOptions } from '@millrace/resources'
import type { Options, Values } from './command-spec.ts'
import { httpUrl } from './option-values.ts'

/** `--service-url-template`, of the commands that look where refs lead. */
export const serviceUrlOption = {
  'service-url-template': {
    type: 'string',
    value: 'URL',
    help: 'the URL of a Service ref without a manifest, such as http://{name}:8080',
  },
} as const satisfies Options

/**
 * What the flag says, in the compiler's terms.
 * @throws {CommandError} (exit 2) where it is no URL
 */
export function serviceUrls(
  flags: Values<typeof serviceUrlOption>,
): Pick<CompileOptions, 'serviceUrlTemplate'> {
  const template = flags['service-url-template']
  return template === undefined ? {} : { serviceUrlTemplate: httpUrl('--service-url-template', template) }
}
