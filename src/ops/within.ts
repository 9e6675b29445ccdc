/** Asking takes no longer than this, whatever the other side does: a paused server neither answers nor refuses. */
export async function within<T>(ms: number, asked: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Late(ms)), ms)
  })
  asked.catch(() => {})
  try {
    return await Promise.race([asked, late])
  } finally {
    clearTimeout(timer)
  }
}

export class Late extends Error {
  override readonly name = 'Late'

  constructor(ms: number) {
    super(`No answer within ${ms} ms.`)
  }
}
