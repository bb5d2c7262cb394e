/** Where the hooks of a repository or an organization stand in the API. */
export function hooksPath(ownerAndRepository: string): string {
  const [owner = '', repository] = ownerAndRepository.split('/').map(encodeURIComponent)
  return repository === undefined ? `/orgs/${owner}/hooks` : `/repos/${owner}/${repository}/hooks`
}
