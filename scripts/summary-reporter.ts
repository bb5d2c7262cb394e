import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/** Ends the output with `N passed, N failed, N skipped`, the line that machines read. */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    // a file that cannot be loaded, and an error that no test caught, count as failed
    const counts = { passed: 0, failed: unhandled.length, skipped: 0, pending: 0 }
    for (const module of modules) {
      if (module.errors().length > 0) counts.failed += 1
      for (const test of module.children.allTests()) counts[test.result().state] += 1
    }
    const { passed, failed, skipped, pending } = counts
    // after the other reporters' own summaries
    process.on('exit', () => {
      console.log(`${passed} passed, ${failed} failed, ${skipped + pending} skipped`)
    })
  }
}
