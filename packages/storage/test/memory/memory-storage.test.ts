import { storageConformance } from '../../src/conformance/index.ts'
import { memoryHarness } from './memory-harness.ts'

storageConformance('memory', memoryHarness)
