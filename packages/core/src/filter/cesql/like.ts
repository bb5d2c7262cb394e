/** Whether a text has the form of a pattern. */
export type Like = (text: string) => boolean

/** What a LIKE pattern is made of: text as it is, any one character (`_`), any number of them (`%`). */
export type PatternPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'one' }
  | { readonly kind: 'many' }

/** A longer piece could be compared too often at places where it nearly fits. */
const LONGEST_PIECE = 64

/**
 * Compiles the pattern of a LIKE (CESQL 3.4.3). No pattern can make it slow: short pieces of plain text
 * are searched for one after another, every other pattern is one pass over the text.
 */
export function compileLike(pattern: string): Like {
  const parts = patternParts(pattern)
  const pieces = parts.map((part) => (part.kind === 'text' ? part.text : ''))
  const plain =
    parts.every((part) => part.kind !== 'one') && pieces.every((piece) => piece.length <= LONGEST_PIECE)
  if (!plain) return likeAutomaton(parts)
  if (parts.length === 0) return (text) => text === ''
  if (parts.length === 1 && parts[0]?.kind === 'text') return (text) => text === pieces[0]
  return search(pieces)
}

/** `\%` and `\_` stand for the character itself; any other backslash is one. */
export function patternParts(pattern: string): readonly PatternPart[] {
  const parts: PatternPart[] = []
  let text = ''
  function endText(): void {
    if (text !== '') parts.push({ kind: 'text', text })
    text = ''
  }
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at)
    const following = pattern.charAt(at + 1)
    if (character === '\\' && (following === '%' || following === '_')) {
      text += following
      at++
    } else if (character === '_') {
      endText()
      parts.push({ kind: 'one' })
    } else if (character === '%') {
      endText()
      if (parts.at(-1)?.kind !== 'many') parts.push({ kind: 'many' })
    } else {
      text += character
    }
  }
  endText()
  return parts
}

/** Pieces with anything between them; an empty one at an end stands for a `%` there. */
function search(pieces: readonly string[]): Like {
  const first = pieces[0] ?? ''
  const last = pieces.at(-1) ?? ''
  const between = pieces.slice(1, -1).filter((piece) => piece !== '')
  return (text) => {
    if (!text.startsWith(first) || !text.endsWith(last)) return false
    let at = first.length
    for (const piece of between) {
      const found = text.indexOf(piece, at)
      if (found === -1) return false
      at = found + piece.length
    }
    return at <= text.length - last.length
  }
}

/**
 * The pattern as an automaton whose states are the bits of a few words: all places in the pattern where
 * the text so far can stand move on at once, so that each character is looked at exactly once.
 */
export function likeAutomaton(parts: readonly PatternPart[]): (characters: Iterable<string>) => boolean {
  const steps = parts.flatMap((part) =>
    part.kind === 'text' ? Array.from(part.text) : part.kind === 'one' ? [anyCharacter] : [],
  )
  const words = (steps.length >>> 5) + 1
  const stays = new Uint32Array(words)
  let before = 0
  for (const part of parts) {
    if (part.kind === 'many') setBit(stays, before)
    else before += part.kind === 'one' ? 1 : Array.from(part.text).length
  }
  const moves = movesOf(steps, words)
  const whatever = moves.get(anyCharacter) ?? new Uint32Array(words)
  const endWord = words - 1
  const endBit = 1 << (steps.length & 31)
  return (characters) => {
    const states = new Uint32Array(words)
    states[0] = 1
    for (const character of characters) {
      if (!advance(states, moves.get(character) ?? whatever, stays)) return false
    }
    return ((states[endWord] ?? 0) & endBit) !== 0
  }
}

/** No character is the empty string. */
const anyCharacter = ''

/** For each character, the states that it takes one step further. */
function movesOf(steps: readonly string[], words: number): Map<string, Uint32Array> {
  const whatever = new Uint32Array(words)
  for (const [state, step] of steps.entries()) if (step === anyCharacter) setBit(whatever, state)
  const moves = new Map([[anyCharacter, whatever]])
  for (const [state, step] of steps.entries()) {
    const mask = moves.get(step) ?? new Uint32Array(whatever)
    setBit(mask, state)
    moves.set(step, mask)
  }
  return moves
}

/** Whether any state is left. */
function advance(states: Uint32Array, mask: Uint32Array, stays: Uint32Array): boolean {
  let carry = 0
  let left = 0
  for (let word = 0; word < states.length; word++) {
    const current = states[word] ?? 0
    const moving = current & (mask[word] ?? 0)
    const following = (moving << 1) | carry | (current & (stays[word] ?? 0))
    states[word] = following
    left |= following
    carry = moving >>> 31
  }
  return left !== 0
}

function setBit(words: Uint32Array, bit: number): void {
  words[bit >>> 5] = (words[bit >>> 5] ?? 0) | (1 << (bit & 31))
}
