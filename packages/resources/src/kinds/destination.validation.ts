import { quote } from '../quote.ts'
import { addressableVersions } from './addressable-versions.ts'
import type { Report } from './report.ts'
import { isMap, textAt } from './shape.ts'

/** What the schema of a Destination cannot say (knative.dev/pkg, duck/v1 Destination.Validate). */
export function validateDestination(destination: unknown, path: string, report: Report): void {
  if (!isMap(destination)) return
  const { ref, uri } = destination
  if (ref === undefined && uri === undefined) {
    report({ path, message: 'expected at least one, got none: ref, uri' })
  }
  if (ref !== undefined) validateReference(ref, `${path}.ref`, report)
  if (typeof uri !== 'string' || uri === '') return
  const problem = ref === undefined ? absoluteProblem(uri) : relativeProblem(uri, textAt(ref, 'kind'))
  if (problem !== undefined) report({ path: `${path}.uri`, message: problem })
}

/** What events are sent to in the store is known by its version too; other kinds may be anybody's. */
export function validateReference(ref: unknown, path: string, report: Report): void {
  const apiVersion = textAt(ref, 'apiVersion')
  const kind = textAt(ref, 'kind') ?? ''
  const right = addressableVersions[kind]
  if (right === undefined || apiVersion === undefined || apiVersion === right) return
  const message = `is ${quote(apiVersion)}, must be "${right}" for a ${kind}`
  report({ path: `${path}.apiVersion`, message })
}

const scheme = /^[a-z][a-z0-9+.-]*:/i
/** What no URL may hold unescaped; a parser would quietly drop or change it. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const unsafe = /[\u0000-\u0020\u007f\\"<>^`{|}]/

function absoluteProblem(uri: string): string | undefined {
  const is = `is ${quote(uri)}`
  if (!scheme.test(uri))
    return `${is}, a relative one needs a ref beside it; must begin with http:// or https://`
  if (!/^https?:\/\//i.test(uri)) return `${is}, must begin with http:// or https://`
  if (unsafe.test(uri) || !URL.canParse(uri))
    return `${is}, which is no URL; must be one such as http://host:8080/path`
  const { username, password } = new URL(uri)
  if (!isEscaped(username) || !isEscaped(password)) {
    return `${is}, with a user or password that is not UTF-8 in %XX escapes; write % itself as %25`
  }
  return undefined
}

function relativeProblem(uri: string, kind: string | undefined): string | undefined {
  const is = `is ${quote(uri)}`
  if (scheme.test(uri) || uri.startsWith('//')) {
    return `${is} beside a ref, must be a path such as /hook; or leave ref out`
  }
  if (kind !== undefined && kind in addressableVersions)
    return `${is} beside a ${kind}, which takes events at its own path only; leave it out`
  return unsafe.test(uri) ? `${is}, which is no path of a URL; must be one such as /hook` : undefined
}

function isEscaped(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
