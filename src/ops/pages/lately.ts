/**
 * Totals of a large store take a moment to count. What was counted within `ms` is shown at once, and counted anew
 * behind it; only the first visitor, or one who comes long after, waits.
 */
export function lately<Asked, T>(
  ms: number,
  read: (asked: Asked) => Promise<T>,
  nameOf: (asked: Asked) => string = () => '',
): (asked: Asked) => Promise<T> {
  const kept = new Map<string, { value: Promise<T>; at: number; next: Promise<T> | null }>()
  return (asked) => {
    const name = nameOf(asked)
    const now = performance.now()
    const known = kept.get(name)
    if (!known || now - known.at > ms * patience) {
      const value = read(asked)
      kept.set(name, { value, at: now, next: null })
      value.catch(() => kept.delete(name))
      return value
    }
    if (now - known.at > ms && known.next === null) {
      known.next = read(asked)
      known.next.then(
        () => kept.set(name, { value: known.next!, at: performance.now(), next: null }),
        () => {
          known.next = null
        },
      )
    }
    return known.value
  }
}

const patience = 20
