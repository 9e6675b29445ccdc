import { keepDeadlines } from '#src/flow/calendar-deadlines.ts'
import { scheduled } from './scheduled.ts'

/** Computes anew what still runs by a list of working days that is in force no more. */
export const keepDeadlinesJob = scheduled('keep-deadlines', { lane: 'upkeep' }, keepDeadlines)
