import type { ServiceSpec } from '../kinds/service/service.schema.ts'
import type { Directory } from './directory.ts'

export type ServiceUrl =
  | { readonly kind: 'url'; readonly url: string }
  /** What to do about it. */
  | { readonly kind: 'none'; readonly todo: string }

/** The URL of a Service: from its manifest (type ExternalName), else from the template. */
export function serviceUrl(
  name: string,
  namespace: string,
  { services, serviceUrlTemplate }: Directory,
): ServiceUrl {
  const service = services.get(`${namespace}/${name}`)
  if (service !== undefined) return { kind: 'url', url: externalUrl(service) }
  if (serviceUrlTemplate === undefined) {
    const todo = `declare a v1 Service of type ExternalName "${name}" in namespace ${namespace}, or set --service-url-template, such as http://{name}:8080`
    return { kind: 'none', todo }
  }
  const url = serviceUrlTemplate.replaceAll('{name}', name).replaceAll('{namespace}', namespace)
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) return { kind: 'url', url }
  const todo = `and the template ${JSON.stringify(serviceUrlTemplate)} gives no URL for it, it must be one such as http://{name}:8080`
  return { kind: 'none', todo }
}

/** `externalName` and the first port; https where that port says so. */
function externalUrl({ externalName = '', ports }: ServiceSpec): string {
  const [first] = ports ?? []
  if (first === undefined) return `http://${externalName}`
  const secure = first.port === 443 || [first.name, first.appProtocol].includes('https')
  return `${secure ? 'https' : 'http'}://${externalName}:${first.port}`
}
