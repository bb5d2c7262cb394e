const legal = new Uint8Array(128)
for (const character of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#[]@!$&'()*+,;=")
  legal[character.charCodeAt(0)] = 1
const scheme = /^[A-Za-z][A-Za-z0-9+.-]*$/
const authority = /^(?:[^@[\]]*@)?(?:\[(?:[\dA-Fa-f:.]+|[vV][\dA-Fa-f]+\.[^\]]+)\]|[^@:[\]]*)(?::\d*)?$/

/**
 * What a text is by RFC 3986: a URI (`absolute`: it has a scheme), a relative reference, or neither. A
 * fragment is allowed in both: the text of CloudEvents' type URI would not have one, its users do.
 */
export function uriKind(text: string): 'absolute' | 'relative' | undefined {
  let colon = -1
  let segmentEnd = -1
  let fragment = -1
  let bracket = -1
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x25) {
      if (!isHex(text.charCodeAt(index + 1)) || !isHex(text.charCodeAt(index + 2))) return undefined
      continue
    }
    if (code > 0x7f || legal[code] === 0) return undefined
    if (code === 0x3a && colon < 0) colon = index
    else if ((code === 0x2f || code === 0x3f) && segmentEnd < 0) segmentEnd = index
    else if (code === 0x23) {
      if (fragment >= 0) return undefined
      fragment = index
      if (segmentEnd < 0) segmentEnd = index
    } else if (code === 0x5b || code === 0x5d) bracket = index
  }
  // a colon in the first segment ends a scheme (RFC 3986, 4.2)
  const schemed = colon >= 0 && (segmentEnd < 0 || colon < segmentEnd)
  if (schemed && !scheme.test(text.slice(0, colon))) return undefined
  return authorityFits(text, schemed ? colon + 1 : 0, bracket)
    ? schemed
      ? 'absolute'
      : 'relative'
    : undefined
}

/**
 * The URI-reference that a text becomes when what no URI has is percent-coded; undefined where that makes
 * none. Senders that do not code a URI's own escapes for the header have them decoded by the reader.
 */
export function escapedUri(text: string): string | undefined {
  if (uriKind(text) !== undefined) return text
  const escaped = encodeURI(text.toWellFormed()).replaceAll(/%25([\dA-F]{2})/gi, '%$1')
  const bracketed = escaped.replaceAll('%5B', '[').replaceAll('%5D', ']')
  return [bracketed, escaped].find((candidate) => uriKind(candidate) !== undefined)
}

/** The authority behind `//`, if there is one; brackets stand nowhere else (RFC 3986, 3.2.2). */
function authorityFits(text: string, from: number, lastBracket: number): boolean {
  if (text.charCodeAt(from) !== 0x2f || text.charCodeAt(from + 1) !== 0x2f) return lastBracket < 0
  let end = from + 2
  while (end < text.length && !isDelimiter(text.charCodeAt(end))) end++
  return lastBracket < end && authority.test(text.slice(from + 2, end))
}

function isDelimiter(code: number): boolean {
  return code === 0x2f || code === 0x3f || code === 0x23
}

function isHex(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x66)
}
