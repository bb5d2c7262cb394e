/** Sources of our own by their packages; each is loaded when the first manifest asks for it. */
export const sourceCatalog: Readonly<Record<string, () => Promise<unknown>>> = {
  '@millrace/source-github': () => import('@millrace/source-github'),
  '@millrace/source-kafka': () => import('@millrace/source-kafka'),
  '@millrace/source-ping': () => import('@millrace/source-ping'),
  '@millrace/source-pubsub': () => import('@millrace/source-pubsub'),
  '@millrace/source-webhook': () => import('@millrace/source-webhook'),
}
