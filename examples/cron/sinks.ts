import { print, sinks } from '../sinks.ts'

sinks({ '/sweep': print, '/report': print })
