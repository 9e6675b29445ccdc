export interface OverLimit {
  readonly limit: number
  /** By how many bytes it is above it. */
  readonly by: number
}

/** Null of a file that is not announced as larger than its source may send. */
export function overLimit(size: number | null, limit: number | undefined): OverLimit | null {
  return limit === undefined || size === null || size <= limit ? null : { limit, by: size - limit }
}
