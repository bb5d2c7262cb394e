/** Rules that Millrace breaks by decision, by id, and why. One that would hold fails the run. */
export const deviations: Readonly<Record<string, string>> = {
  'channel/reply-runs-subscriber-again':
    'a reply to a URL is a delivery of its own with its own retries; the subscriber, which did its work, is not run twice for it',
}
