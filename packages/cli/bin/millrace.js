#!/usr/bin/env node
// The one launcher, for a clone and for an installed package. It is read by whatever Node runs it, so
// it keeps to a syntax that every Node since 12 can read. Where that Node can run Millrace the process
// stays this one; else a pinned one (`npm install node@24`) runs as a child that shares its fate.
import { spawn } from 'child_process'
import { existsSync, readFileSync } from 'fs'
import { constants } from 'os'
import { dirname, join } from 'path'
import { fileURLToPath } from 'url'

const oldest = [24, 12]
const home = dirname(dirname(fileURLToPath(import.meta.url)))
const source = join(home, 'src', 'main.ts')
const inClone = existsSync(source)
// V8 lets short-lived garbage grow to 100 MB before it looks at it; with 16 MB a half it stays near 30.
// What outlives the first collections it takes for what lives long, and makes in the old heap from then on, where it
// keeps alive whatever it points at: of three servers that took batches, one collected for a quarter of its time.
const flags = ['--max-semi-space-size=16', '--no-allocation-site-pretenuring'].concat(
  inClone ? '--conditions=@millrace/source' : [],
)
const main = inClone ? source : join(home, 'dist', 'main.js')
// A clone runs its TypeScript as it stands; what Node makes of it is kept, which halves the start.
const cache = { NODE_COMPILE_CACHE: join(home, '..', '..', 'node_modules', '.cache', 'millrace') }
const env = Object.assign({}, inClone ? cache : {}, process.env)
const args = flags.concat(main, process.argv.slice(2))

if (isEnough(process.versions.node)) {
  runHere()
} else {
  const node = pinnedNode([home, process.cwd()])
  if (node === undefined) {
    console.error(
      'millrace: needs Node ' +
        oldest.join('.') +
        ' or newer, and this is ' +
        process.versions.node +
        '. ' +
        'Install it for this folder with: npm install node@24',
    )
    process.exitCode = 1
  } else {
    runAsChild(node)
  }
}

function isEnough(version) {
  const parts = version.split('.').map(Number)
  return parts[0] > oldest[0] || (parts[0] === oldest[0] && parts[1] >= oldest[1])
}

/** The process becomes the server (the same pid): what kills the one kills the other. */
function runHere() {
  if (typeof process.execve === 'function' && process.platform !== 'win32') {
    process.execve(process.execPath, [process.execPath].concat(process.execArgv, args), env)
  }
  runAsChild(process.execPath)
}

/** The `node` package's binary, in the node_modules of a folder or of one above it. */
function pinnedNode(folders) {
  for (const start of folders) {
    for (let folder = start; ; folder = dirname(folder)) {
      const found = join(folder, 'node_modules', 'node')
      const binary = join(found, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
      if (existsSync(binary) && isEnough(versionOf(found))) return binary
      if (folder === dirname(folder)) break
    }
  }
  return undefined
}

function versionOf(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version
}

/** Signals go on to the child, its end is ours; it ends itself when the channel to us breaks. */
function runAsChild(node) {
  const child = spawn(node, args, {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: Object.assign({}, env, { MILLRACE_LAUNCHER: String(process.pid) }),
  })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
    process.on(signal, function forward() {
      child.kill(signal)
    })
  }
  child.on('error', function failed(error) {
    console.error('millrace: cannot run ' + node + ': ' + error.message)
    process.exit(1)
  })
  child.on('exit', function ended(code, signal) {
    process.exit(code === null ? 128 + constants.signals[signal] : code)
  })
}
