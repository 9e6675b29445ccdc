import type { Failure } from '#connectors/connector.ts'
import type { UnmappedCode } from '../domain/eligibility.ts'
import type { Admitted } from '../store/staging.ts'

/** What became of one message at the gate. Only `admitted` carries anything of it. */
export type Admission =
  | { readonly decision: 'admitted'; readonly admitted: Admitted }
  | { readonly decision: 'recalled' }
  | {
      readonly decision: 'refused'
      readonly positive: boolean
      readonly unmapped: readonly UnmappedCode[]
    }
  | { readonly decision: 'undecided'; readonly failure: Failure }
