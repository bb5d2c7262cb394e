import { print, sinks } from '../sinks.ts'

sinks({ '/ship': print, '/count': print })
