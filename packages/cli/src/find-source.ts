import type { FindSource } from '@millrace/resources'

/**
 * Finds the kinds of sources in their packages. The server, which loads them, is loaded only where a manifest is
 * one of a source.
 */
export const findSource: FindSource = async (wanted) => {
  const { knownSources } = await import('@millrace/resources')
  if (wanted.package === undefined && !knownSources.some(({ kind }) => kind === wanted.kind)) return undefined
  const { SourceFinder } = await import('@millrace/server')
  return new SourceFinder(process.cwd()).find(wanted)
}
