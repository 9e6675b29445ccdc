/**
 * The list. To connect another kind of system: a folder with its profile's schema and a function that
 * makes a Connector of it, one line here, and two lines in test/connectors that run the contract.
 */
import { z } from 'zod'
import type { Connector, Places } from './connector.ts'
import { type RestProfile, restProfile } from './rest/profile.ts'
import { connectRest, placesOfRest } from './rest/rest.ts'
import { type VxpProfile, vxpProfile } from './vxp/profile.ts'
import { connectVxp, placesOfVxp } from './vxp/vxp.ts'

const kinds = {
  rest: { profile: restProfile, connect: connectRest },
  vxp: { profile: vxpProfile, connect: connectVxp },
}

export type Profile = RestProfile | VxpProfile

export const profileSchema = z.discriminatedUnion('kind', [kinds.rest.profile, kinds.vxp.profile], {
  error: (issue) =>
    issue.code === 'invalid_union'
      ? `unknown kind of source; known are: ${Object.keys(kinds).join(', ')}`
      : undefined,
})

/** Which variable or file is to be looked at where one of these words is the failure. */
export function placesOf(profile: Profile): Places {
  return profile.kind === 'rest' ? placesOfRest(profile) : placesOfVxp(profile)
}

/** `env` holds the variables that a profile may name for its credentials. */
export function connect(
  profile: Profile,
  env: Readonly<Record<string, string | undefined>>,
): Connector {
  switch (profile.kind) {
    case 'rest':
      return kinds.rest.connect(profile, env)
    case 'vxp':
      return kinds.vxp.connect(profile, env)
  }
}
