/** Milliseconds since the epoch as the Admin API shows a time. */
export function rfc3339(ms: number): string {
  return new Date(ms).toISOString()
}
