/** Whether a number is an Integer of CloudEvents and of CESQL (3.1): whole, with a sign, of 32 bits. */
export function isInteger(value: number): boolean {
  return value === (value | 0)
}
