/** Sources of our own by their packages; each is loaded when the first manifest asks for it. */
export const sourceCatalog: Readonly<Record<string, () => Promise<unknown>>> = {
  '@millrace/source-audit-logs': () => import('@millrace/source-audit-logs'),
  '@millrace/source-cloud-build': () => import('@millrace/source-cloud-build'),
  '@millrace/source-github': () => import('@millrace/source-github'),
  '@millrace/source-kafka': () => import('@millrace/source-kafka'),
  '@millrace/source-ping': () => import('@millrace/source-ping'),
  '@millrace/source-pubsub': () => import('@millrace/source-pubsub'),
  '@millrace/source-scheduler': () => import('@millrace/source-scheduler'),
  '@millrace/source-storage': () => import('@millrace/source-storage'),
  '@millrace/source-webhook': () => import('@millrace/source-webhook'),
}
