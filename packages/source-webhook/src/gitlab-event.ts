/** The header in which GitLab names what happened. */
export const GITLAB_EVENT = 'x-gitlab-event'

/**
 * GitLab's event as Knative's GitLabSource names it: `Merge Request Hook` is `merge_request`; undefined where it
 * does not end in ` Hook`.
 */
export function gitLabEventName(header: string): string | undefined {
  const [, words] = /^(.+) Hook$/.exec(header) ?? []
  return words?.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')
}
