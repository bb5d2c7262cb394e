import { print, sinks } from '../sinks.ts'

sinks({ '/deploy': print, '/triage': print })
