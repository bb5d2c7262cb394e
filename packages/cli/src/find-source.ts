import type { FindSource } from '@millrace/resources'

/**
 * Finds the kinds of sources and sinks in their packages. The server, which loads them, is loaded only where a
 * manifest is of such a kind.
 */
export const findSource: FindSource = async (wanted) => {
  const { packagedKinds } = await import('@millrace/resources')
  if (wanted.package === undefined && !packagedKinds.some(({ kind }) => kind === wanted.kind))
    return undefined
  const { kindFinder } = await import('@millrace/server')
  return kindFinder(process.cwd())(wanted)
}
