/**
 * An .xlsx workbook is a zip of XML, in which a few kilobytes may stand for gigabytes. So its parts are unpacked up to a
 * limit before anything reads them, and what reads them is a thread whose memory and time have an end.
 */
import { Worker } from 'node:worker_threads'
import { inflateRawSync } from 'node:zlib'
import { Explained } from '../../domain/errors.ts'
import { directoryOf, localHeaderOf, type ZipEntry } from '../../edxml/zip.ts'
import { type Cells, mostRows, tooManyRows } from './cell.ts'
import type { Said } from './workbook-thread.ts'

const mostUnpackedBytes = 100_663_296
const mostParts = 2000
const threadMegabytes = 512
const threadMs = 120_000

export async function workbookCells(bytes: Buffer, sheet: string | undefined): Promise<Cells> {
  checkParts(bytes)
  const said = await readInThread(bytes, sheet)
  switch (said.ended) {
    case 'read':
      if (said.cells.length > mostRows) throw tooManyRows()
      return said.cells
    case 'noSheet':
      throw new Explained(
        'Không có trang tính tên như vậy trong tệp. The workbook has no sheet of this name: check --sheet.',
        2,
      )
    case 'tooLarge':
      throw tooLarge()
    case 'damaged':
      throw damaged()
  }
}

function checkParts(bytes: Buffer): void {
  const directory = directoryOf(bytes, bytes.length)
  if (!directory) throw damaged()
  if (directory.entries.length > mostParts) throw tooLarge()
  let left = mostUnpackedBytes
  for (const entry of directory.entries) left -= unpackedSize(bytes, entry, left)
}

/** What the directory says of a size is not believed: the reader makes room for it before it unpacks. */
function unpackedSize(bytes: Buffer, entry: ZipEntry, most: number): number {
  const header = localHeaderOf(bytes.subarray(entry.headerAt, entry.headerAt + 66_000))
  if (!header || entry.method === 'other') throw damaged()
  if (entry.encrypted)
    throw new Explained('Tệp có mật khẩu. The workbook has a password: take it off.', 2)
  const from = entry.headerAt + header.contentAt
  const packed = bytes.subarray(from, from + entry.compressedSize)
  const size = entry.method === 'stored' ? packed.length : inflatedSize(packed, most)
  if (size > most) throw tooLarge()
  if (size !== entry.size) throw damaged()
  return size
}

function inflatedSize(packed: Buffer, most: number): number {
  try {
    return inflateRawSync(packed, { maxOutputLength: most + 1 }).length
  } catch (error) {
    throw (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge() : damaged()
  }
}

function readInThread(bytes: Buffer, sheet: string | undefined): Promise<Said> {
  const thread = new Worker(new URL('./workbook-thread.ts', import.meta.url), {
    workerData: { bytes, sheet, mostRows },
    resourceLimits: { maxOldGenerationSizeMb: threadMegabytes },
    env: {},
  })
  return new Promise<Said>((resolve) => {
    const tooSlow = setTimeout(() => resolve({ ended: 'tooLarge' }), threadMs)
    const end = (said: Said) => {
      clearTimeout(tooSlow)
      resolve(said)
    }
    thread.once('message', end)
    thread.once('error', (error: { code?: string }) =>
      end({ ended: error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'tooLarge' : 'damaged' }),
    )
    thread.once('exit', () => end({ ended: 'damaged' }))
  }).finally(() => void thread.terminate())
}

function tooLarge(): Explained {
  return new Explained(
    `Tệp quá lớn để đọc trong bộ nhớ: xóa trang tính, cột và định dạng thừa, hoặc lưu thành CSV UTF-8. The workbook is too large to be read in memory: delete spare sheets, columns and formats, or save it as CSV UTF-8.`,
    2,
  )
}

function damaged(): Explained {
  return new Explained(
    'Không đọc được tệp .xlsx: tệp hỏng hoặc không phải sổ tính. The .xlsx file cannot be read: it is damaged, or no workbook. Open it and save it again.',
    2,
  )
}
