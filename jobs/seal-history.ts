import { scheduled } from './scheduled.ts'

/** Chains what was written into the history since. */
export const sealHistory = scheduled('seal-history', { lane: 'upkeep' }, async (app) => {
  if ((await app.store.sealing.seal()) === null) app.log.historyCut({})
})
