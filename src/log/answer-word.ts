/** How a Redis says why it does nothing. Its sentence may quote a command; the word quotes nothing. */
const words = [
  'BUSY',
  'CLUSTERDOWN',
  'LOADING',
  'MASTERDOWN',
  'MISCONF',
  'NOAUTH',
  'NOPERM',
  'NOREPLICAS',
  'OOM',
  'READONLY',
  'WRONGPASS',
  'WRONGTYPE',
] as const

/** In a script Redis 6 puts the word into a sentence of its own; that a right is missing each version says otherwise. */
const spoken = new RegExp(`(?:^|[\\s-])(${words.join('|')})\\b`)
const missingRight = /ACL failure in script|has no permissions|executing the script can't run/

/** The word of a Redis's answer, of those that are known here; null for any other error. */
export function answerWord(error: unknown): string | null {
  for (let one = error, depth = 0; one instanceof Error && depth < 3; depth++) {
    const [, word] = spoken.exec(one.message) ?? []
    if (one.name === 'ReplyError') return word ?? (missingRight.test(one.message) ? 'NOPERM' : null)
    const { lastNodeError, cause } = one as Error & { lastNodeError?: unknown }
    one = lastNodeError ?? cause
  }
  return null
}
