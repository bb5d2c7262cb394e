import { readFileSync } from 'node:fs'
import { cpuMicroseconds } from './cpu.ts'

/** Beyond this share of all processors a slice tells more of others than of us. */
export const mostForeign = 0.1

/** → the share of all processors that others took since it was made: 0 to 1, stolen time included. */
export function foreignLoad(pids: readonly number[]): () => number {
  const before = machineTime()
  const ownBefore = own(pids)
  return () => {
    const { busy, all } = machineTime()
    const elapsed = all - before.all
    if (elapsed === 0) return 0
    // a tick is 10 ms: what is ours and what is the machine's differ by a few of them
    const foreign = busy - before.busy - (own(pids) - ownBefore) / 10_000
    return Math.max(0, foreign / elapsed)
  }
}

function own(pids: readonly number[]): number {
  return [process.pid, ...pids].reduce((sum, pid) => sum + cpuMicroseconds(pid), 0)
}

/** In ticks, over all processors (proc(5), /proc/stat). */
function machineTime(): { readonly busy: number; readonly all: number } {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1)
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softirq = 0, steal = 0] = line
    .split(/\s+/)
    .slice(1)
    .map(Number)
  const busy = user + nice + system + irq + softirq + steal
  return { busy, all: busy + idle + wait }
}
