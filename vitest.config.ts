import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'
import { SummaryReporter } from './scripts/summary-reporter.ts'

const conditions = ['@millrace/source']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    // They need a container engine: `npm run test:compose`.
    exclude: [...configDefaults.exclude, ...(process.env.CONTAINERS ? [] : ['test/containers'])],
    reporters: ['default', new SummaryReporter()],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // The default on two cores is one; most of the suite waits for child processes and sockets.
    maxWorkers: 2,
    // Modules are read once for each worker: two fifths of the CPU of the unit tests. No test changes what others see.
    isolate: false,
    // Threads and child processes that run our TypeScript start in half the time.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compile', import.meta.url)) },
  },
})
