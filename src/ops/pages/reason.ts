import { markInText } from '../../domain/mark.ts'

const longest = 500

/** A reason stays in the history for good: one with a mark of secrecy is refused, and nothing of it is told. */
export function reasonIn(given: unknown): { reason: string } | { refused: 'missing' | 'marked' } {
  const reason = typeof given === 'string' ? given.trim().slice(0, longest) : ''
  if (reason === '') return { refused: 'missing' }
  return markInText(reason) ? { refused: 'marked' } : { reason }
}
