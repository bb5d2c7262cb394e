export { defaultConfig, type Addresses, type ListenAddress, type ServerConfig } from './config.ts'
export { ManifestError, type ReloadReport } from './control/manifest-control.ts'
export { createServer, version, type MillraceServer } from './create-server.ts'
export { UnknownStoreError } from './storage-catalog.ts'
