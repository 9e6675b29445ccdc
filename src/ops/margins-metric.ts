import type { Metric, Registry } from 'prom-client'
import type { Margins } from '../store/measurements.ts'

const hour = 3600
const day = 24 * hour

/** Upper bounds in seconds; what has passed is at most 0. */
export const marginBoundsS: readonly number[] = [
  0,
  hour,
  4 * hour,
  8 * hour,
  12 * hour,
  day,
  2 * day,
  3 * day,
  4 * day,
  7 * day,
  14 * day,
]

export interface MarginsMetric {
  show(margins: Margins | null): void
}

/** A histogram as the store counts it now. prom-client's own can only be added to, one observation at a time. */
export function marginsMetric(registry: Registry, name: string, help: string): MarginsMetric {
  let current: Margins | null = null
  const metric = {
    name,
    get: async () => ({
      name,
      help,
      type: 'histogram',
      aggregator: 'omit',
      values: current ? valuesOf(name, current) : [],
    }),
    reset() {
      current = null
    },
  }
  registry.registerMetric(metric as unknown as Metric)
  return {
    show(margins) {
      current = margins
    },
  }
}

function valuesOf(name: string, { atMost, sumS }: Margins) {
  return [
    ...atMost.map((value, at) => ({
      metricName: `${name}_bucket`,
      labels: { le: marginBoundsS[at] ?? '+Inf' },
      value,
    })),
    { metricName: `${name}_sum`, labels: {}, value: sumS },
    { metricName: `${name}_count`, labels: {}, value: atMost.at(-1)! },
  ]
}
