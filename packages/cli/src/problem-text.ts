/** What a refusal says to a person: the detail of a problem (RFC 9457), else its status and text. */
export function problemText(status: number, body: string): string {
  try {
    const { title, detail } = JSON.parse(body) as { title?: unknown; detail?: unknown }
    const text = typeof detail === 'string' ? detail : title
    if (typeof text === 'string') return text
  } catch {
    // not JSON: a proxy's page, perhaps
  }
  return `the server answered with ${status}${body === '' ? '' : `: ${body.slice(0, 200)}`}`
}
