import { print, sinks } from '../sinks.ts'

sinks({ '/work': print })
