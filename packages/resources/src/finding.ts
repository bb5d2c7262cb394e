/** One thing to say about a manifest. An error refuses the whole set; a notice only informs. */
export interface Finding {
  readonly severity: 'error' | 'warning' | 'notice'
  /** As it was given on the command line, or found in a folder; `-` is standard input. */
  readonly file: string
  /** From 1; 0 where there is no line, as of a missing file. */
  readonly line: number
  /** The resource's name; empty where none is known. */
  readonly name: string
  /** Such as `spec.filters[0].exact.type`; empty where it concerns the whole. */
  readonly path: string
  /** What is wrong, and what would be right. */
  readonly message: string
}

/** `FILE:LINE: NAME: PATH: what is wrong, what would be right`; a warning or a notice says so first. */
export function formatFinding({ severity, file, line, name, path, message }: Finding): string {
  const place = line > 0 ? `${file}:${line}` : file
  const text = [place, name, path, message].filter((part) => part !== '').join(': ')
  return printable(severity === 'error' ? text : `${severity} ${text}`)
}

/** One line whatever it holds: control characters as escapes. */
function printable(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
