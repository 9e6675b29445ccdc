import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { Explained } from '../domain/errors.ts'

/** The path of a file that a command is to read; a mistake of the call otherwise. */
export async function readableFile(path: string): Promise<string> {
  await access(path, constants.R_OK).catch((error: { code?: string }) => {
    throw new Explained(
      `${path} không đọc được. It cannot be read (${error.code}): correct the path or its permissions.`,
    )
  })
  if ((await stat(path)).isDirectory())
    throw new Explained(`${path} là thư mục. It is a folder: give the path of one file.`, 2)
  return path
}
