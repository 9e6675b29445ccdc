/** One request to a REST source, as a value. */
import type { None } from './profile/call.ts'
import type { RestProfile } from './profile.ts'

export interface Question {
  readonly operation: string
  /** Below the profile's address; or from the root of its host, as the source itself said it. */
  readonly at: { readonly path: string } | { readonly link: string }
  readonly params?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly success?: Success | undefined
  readonly none?: None
}

export type Success = NonNullable<RestProfile['list']['success']>
