const disallowed = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/gu

/**
 * A text of somebody else's as an attribute can hold it: characters that attributes may not have become U+FFFD
 * (CloudEvents, "Type System", String).
 */
export function asAttributeText(text: string): string {
  return isPrintableAscii(text) ? text : text.replaceAll(disallowed, '\uFFFD')
}

/** Nearly every text is; the expression takes longer to say so. */
function isPrintableAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x20 || unit > 0x7e) return false
  }
  return true
}
