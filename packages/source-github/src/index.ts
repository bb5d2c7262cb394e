export { source } from './github-source.ts'
export type { GitHubSourceSpec } from './kind.ts'
