/** Standard input can be read only once: later readings of the manifests get the same text. */
export function readOnce(read: () => Promise<string>): () => Promise<string> {
  let text: Promise<string> | undefined
  return () => (text ??= read())
}
