/** The answer is not of the shape that was agreed. Says nothing of what it held. */
export class WrongShape extends Error {
  override readonly name = 'WrongShape'

  constructor() {
    super('the answer does not have the shape that was agreed')
  }
}

/** JSON, UTF-8 or shape: the far side's mistake, as opposed to ours. */
export function isUnreadable(error: unknown): boolean {
  if (error instanceof WrongShape || error instanceof SyntaxError) return true
  return (
    error instanceof TypeError &&
    'code' in error &&
    error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
  )
}
