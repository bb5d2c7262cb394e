import { readFileSync, readdirSync } from 'node:fs'

/** CPU time of a process since it began, all of its threads together, in microseconds. */
export function cpuMicroseconds(pid: number): number {
  let nanoseconds = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const [running = '0'] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ', 1)
    nanoseconds += Number(running)
  }
  return nanoseconds / 1_000
}

/** Memory of a process that is in RAM, in MiB. */
export function residentMebibytes(pid: number): number {
  const [, kibibytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) / 1_024
}
