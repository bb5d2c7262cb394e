import type { RouteNumber } from '@millrace/storage'

/** What one process tells the others on the store's channel. */
export type News =
  | { readonly from: string; readonly wake: readonly RouteNumber[] | 'all' }
  | { readonly from: string; readonly checkpoint: string }
  | { readonly from: string; readonly members: true }

export function newsText(news: News): string {
  return JSON.stringify(news)
}

/** undefined: none of ours, or of a newer version. */
export function readNews(message: string): News | undefined {
  try {
    const news: unknown = JSON.parse(message)
    return typeof news === 'object' && news !== null && 'from' in news ? (news as News) : undefined
  } catch {
    return undefined
  }
}
