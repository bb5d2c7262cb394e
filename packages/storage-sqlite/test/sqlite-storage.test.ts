import { storageConformance } from '@millrace/storage/conformance'
import { sqliteHarness } from './sqlite-harness.ts'

storageConformance('SQLite', sqliteHarness)
