import { type Answer, FarSideFailure, fail, succeed } from '../connector.ts'

/** What the far side does wrong is a value from here on; an exception is our own mistake. */
export async function answer<T>(work: () => Promise<T>): Promise<Answer<T>> {
  try {
    return succeed(await work())
  } catch (error) {
    if (error instanceof FarSideFailure) return fail(error.failure)
    throw error
  }
}
