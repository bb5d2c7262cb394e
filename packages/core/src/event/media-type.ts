const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const quoted = '"(?:[ !#-\\[\\]-~]|\\\\[ -~])*"'
/** RFC 2046, 1, in the syntax of RFC 9110, 8.3.1: an empty parameter is allowed. Unambiguous, so never slow. */
const pattern = new RegExp(`^${token}/${token} *(?:; *(?:${token}=(?:${token}|${quoted}) *)?)*$`)
const charset = new RegExp(`; *charset=(?:"([^"]*)"|(${token}))`, 'i')

export function isMediaType(text: string): boolean {
  return text === 'application/json' || pattern.test(text)
}

/** Type and subtype in lower case, without parameters. */
export function essence(text: string): string {
  const end = text.indexOf(';')
  return (end < 0 ? text : text.slice(0, end)).trim().toLowerCase()
}

/** Whether data of this content type is JSON (JSON format 3.1.1); none means `application/json`. */
export function isJsonType(datacontenttype: string | undefined): boolean {
  if (datacontenttype === undefined || datacontenttype === 'application/json') return true
  const type = essence(datacontenttype)
  return type.endsWith('/json') || type.endsWith('+json')
}

/** Whether data of this content type is text in UTF-8, so that it can be a JSON string. */
export function isTextType(datacontenttype: string): boolean {
  const type = essence(datacontenttype)
  if (!type.startsWith('text/') && !type.endsWith('/xml') && !type.endsWith('+xml')) return false
  const match = charset.exec(datacontenttype)
  const name = (match?.[1] ?? match?.[2] ?? 'utf-8').toLowerCase()
  return name === 'utf-8' || name === 'us-ascii'
}
