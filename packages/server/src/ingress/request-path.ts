/**
 * The path of a request's target: without its query, without a trailing slash (as Knative's ingress),
 * and out of the absolute form that a proxy may send (RFC 9112, 3.2.2).
 */
export function requestPath(target: string): string {
  let path = target
  if (!path.startsWith('/')) {
    const authority = /^https?:\/\/[^/?#]*/i.exec(path)
    if (authority !== null) path = path.slice(authority[0].length)
  }
  const query = path.indexOf('?')
  if (query !== -1) path = path.slice(0, query)
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}
