import { openPasses } from '#src/flow/open-passes.ts'
import { scheduled } from './scheduled.ts'

/** Opens the readings a source needs now. It asks nobody and is over at once, and what is urgent begins with it. */
export const pollSource = scheduled('poll-source', { lane: 'urgent', most: 2 }, openPasses)
