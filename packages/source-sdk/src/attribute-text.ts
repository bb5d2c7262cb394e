const disallowed = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/gu

/**
 * A text of somebody else's as an attribute can hold it: characters that attributes may not have become U+FFFD
 * (CloudEvents, "Type System", String).
 */
export function asAttributeText(text: string): string {
  return text.replaceAll(disallowed, '\uFFFD')
}
