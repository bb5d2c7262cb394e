import { print, sinks } from '../sinks.ts'

sinks({ '/ship': print, '/mail': print, '/count': print, '/not-counted': print })
