import type { Face } from './face.ts'
import * as files from './files.ts'
import * as lists from './lists.ts'
import * as texts from './texts.ts'

/** In the order in which they are told of. */
export const faces: readonly Face[] = [texts, files, lists].flatMap((some) =>
  Object.values(some as unknown as Record<string, Face>),
)
