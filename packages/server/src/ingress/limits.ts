/** What ingress takes before it refuses. */
export interface IngressLimits {
  /** The largest body; 413 beyond. */
  readonly bodyBytes: number
  /** Bodies being read or stored at one time, all together; 503 beyond. */
  readonly budgetBytes: number
  /** All headers of one request; 431 beyond. */
  readonly headerBytes: number
  /** From the connection (or the request before) to the end of the headers; 408 beyond. */
  readonly headersTimeoutMs: number
  /** From the first byte to the end of the body; 408 beyond. */
  readonly requestTimeoutMs: number
  /** How long a connection may idle between two requests. */
  readonly keepAliveMs: number
  /** Open connections; beyond, one that is idle makes room, and where none is, the new one is closed unanswered. */
  readonly connections: number
}

export const defaultLimits: IngressLimits = {
  bodyBytes: 1024 * 1024,
  budgetBytes: 64 * 1024 * 1024,
  headerBytes: 64 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveMs: 75_000,
  connections: 20_000,
}
