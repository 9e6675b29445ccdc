import { reconcile } from '#src/flow/reconcile.ts'
import { scheduled } from './scheduled.ts'

/** Reads again whatever no reading has met to its end. */
export const reconcileSource = scheduled('reconcile-source', { lane: 'upkeep' }, reconcile)
