import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, rename } from 'node:fs/promises'
import { join } from 'node:path'

/** Written, synced, renamed, its folder synced: as durable as the product's, and in clear. */
export async function keep(directory: string, content: Buffer) {
  const name = randomUUID()
  const folder = join(directory, name.slice(0, 2))
  await mkdir(folder, { recursive: true })
  const path = join(folder, name)
  const file = await open(`${path}.part`, 'wx', 0o600)
  await file.write(content)
  await file.sync()
  await file.close()
  await rename(`${path}.part`, path)
  const handle = await open(folder, 'r')
  await handle.sync()
  await handle.close()
  const sha256 = createHash('sha256').update(content).digest('hex')
  return { name, size: content.length, sha256 }
}
