const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Whether the text is a date-time of RFC 3339, 5.6; fractions of any precision, offsets, leap seconds. */
export function isTimestamp(text: string): boolean {
  if (text.length < 20 || !punctuated(text)) return false
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 2)
  const day = digits(text, 8, 2)
  const hour = digits(text, 11, 2)
  const minute = digits(text, 14, 2)
  const second = digits(text, 17, 2)
  if ((year | month | day | hour | minute | second) < 0) return false
  if (day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 60) return false
  return isOffset(text, afterFraction(text))
}

/** `....-..-..T..:..:..` with T or t. */
function punctuated(text: string): boolean {
  return (
    text.charCodeAt(4) === 0x2d &&
    text.charCodeAt(7) === 0x2d &&
    (text.charCodeAt(10) | 0x20) === 0x74 &&
    text.charCodeAt(13) === 0x3a &&
    text.charCodeAt(16) === 0x3a
  )
}

/** The index behind the fraction, -1 where it has no digits. */
function afterFraction(text: string): number {
  if (text.charCodeAt(19) !== 0x2e) return 19
  let index = 20
  while (isDigit(text.charCodeAt(index))) index++
  return index === 20 ? -1 : index
}

function isOffset(text: string, from: number): boolean {
  if (from < 0) return false
  const sign = text.charCodeAt(from)
  if ((sign | 0x20) === 0x7a) return text.length === from + 1
  if (sign !== 0x2b && sign !== 0x2d) return false
  const hour = digits(text, from + 1, 2)
  const minute = digits(text, from + 4, 2)
  return (
    text.length === from + 6 &&
    text.charCodeAt(from + 3) === 0x3a &&
    hour >= 0 &&
    hour <= 23 &&
    minute >= 0 &&
    minute <= 59
  )
}

function daysIn(year: number, month: number): number {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return (monthDays[month - 1] ?? 0) + (leap ? 1 : 0)
}

/** The number that `count` digits stand for, -1 where one is none. */
function digits(text: string, from: number, count: number): number {
  let value = 0
  for (let index = from; index < from + count; index++) {
    const code = text.charCodeAt(index)
    if (!isDigit(code)) return -1
    value = value * 10 + code - 0x30
  }
  return value
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}
