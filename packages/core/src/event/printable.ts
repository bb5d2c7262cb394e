const longest = 64

/** A value as it can stand in a sentence: quoted, cut, every character printable ASCII. */
export function printable(text: string): string {
  const cut = text.length > longest ? text.slice(0, longest) : text
  const quoted = JSON.stringify(cut).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return cut === text ? quoted : `${quoted}... (${text.length} characters)`
}
