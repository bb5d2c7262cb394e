import type { Addressable, Route } from '@millrace/core'
import { sample, type Family } from './exposition.ts'
import { routeLabels } from './route-labels.ts'

/** A route's circuit, and how often it has opened. */
export interface CircuitCount {
  readonly route: Route
  readonly isOpen: boolean
  readonly opened: number
}

/** Of routes that have a circuit. */
export function circuitFamilies(
  circuits: readonly CircuitCount[],
  addressableOf: (path: string) => Addressable | undefined,
): Family[] {
  const labelled = circuits.map((circuit) => ({
    circuit,
    labels: routeLabels(circuit.route, addressableOf(circuit.route.addressable)),
  }))
  return [
    {
      name: 'millrace_circuit_open',
      type: 'gauge',
      help: '1 where attempts have stopped but for probes, until one succeeds.',
      samples: () =>
        labelled.map(({ labels, circuit }) =>
          sample('millrace_circuit_open', labels, circuit.isOpen ? 1 : 0),
        ),
    },
    {
      name: 'millrace_circuit_opened_total',
      type: 'counter',
      help: 'How often a circuit has opened.',
      samples: () =>
        labelled.map(({ labels, circuit }) =>
          sample('millrace_circuit_opened_total', labels, circuit.opened),
        ),
    },
  ]
}
