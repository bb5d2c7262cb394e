/**
 * Where the launcher runs us as a child (its own Node was too old), we end when it does, however it
 * ends: a `kill -9` of the process that the user started is one of the server.
 */
export function followLauncher(): void {
  const launched = process.env['MILLRACE_LAUNCHER'] !== undefined
  delete process.env['MILLRACE_LAUNCHER']
  if (!launched || process.channel === undefined) return
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  process.channel.unref()
}
