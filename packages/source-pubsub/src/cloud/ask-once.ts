/** A question is asked once and answered soon: a source has its own pauses, and says meanwhile what is wrong. */
export const askOnce = { retry: null, timeout: 10_000 } as const
