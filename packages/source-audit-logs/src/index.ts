export { source } from './audit-logs-source.ts'
export type { CloudAuditLogsSourceSpec } from './kind.ts'
