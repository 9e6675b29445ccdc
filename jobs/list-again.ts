import { listAgain } from '#src/flow/list-again.ts'
import { scheduled } from './scheduled.ts'

/** Opens the readings of older days whose turn has come. */
export const listAgainJob = scheduled('list-again', { lane: 'upkeep' }, listAgain)
