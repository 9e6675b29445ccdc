import { join } from 'node:path'
import { type Child, node } from '../processes.ts'
import type { Batch } from './documents.ts'

export interface BenchSource extends Child {
  readonly url: string
  seen(): Promise<Seen>
  issue(batch: Batch): Promise<{ ids: number[]; at: number }>
}

export interface Seen {
  readonly requests: Readonly<Record<'list' | 'detail' | 'file' | 'reply', number>>
  readonly firstDetailAt: number | null
  readonly replies: Readonly<Record<string, number>>
}

export async function startSource(
  batches: readonly Batch[],
  fileBytes: number,
): Promise<BenchSource> {
  const child = node(join(import.meta.dirname, 'main.ts'), [JSON.stringify({ batches, fileBytes })])
  const url = await child.said
  return {
    ...child,
    url,
    seen: async () => (await fetch(`${url}/bench/seen`)).json() as Promise<Seen>,
    issue: async (batch) => {
      const said = await fetch(`${url}/bench/issue`, {
        method: 'POST',
        body: JSON.stringify(batch),
      })
      return said.json() as Promise<{ ids: number[]; at: number }>
    },
  }
}
