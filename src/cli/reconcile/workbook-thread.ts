/** The thread that reads a workbook: it says the cells, or one word, and nothing else of what it read. */
import { parentPort, workerData } from 'node:worker_threads'
import { readSheet } from 'read-excel-file/universal'
import type { Cells } from './cell.ts'

export type Said =
  | { readonly ended: 'read'; readonly cells: Cells }
  | { readonly ended: 'noSheet' | 'damaged' | 'tooLarge' }

const { bytes, sheet, mostRows } = workerData as {
  bytes: Uint8Array<ArrayBuffer>
  sheet: string | undefined
  mostRows: number
}

parentPort!.postMessage(await read())

async function read(): Promise<Said> {
  try {
    const file = new Blob([bytes])
    const cells = sheet === undefined ? await readSheet(file) : await readSheet(file, sheet)
    return { ended: 'read', cells: cells.slice(0, mostRows + 1) as Cells }
  } catch (error) {
    return { ended: (error as Error).name === 'SheetNotFoundError' ? 'noSheet' : 'damaged' }
  }
}
