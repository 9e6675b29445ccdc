import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, expect, it } from 'vitest'
import { openLocalDisk } from '#src/files/local-disk.ts'
import { root } from '#src/wiring.ts'
import { describeFileStore } from './contract.ts'

const folders: string[] = []
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'chidao-disk-'))
  folders.push(made)
  return made
}

describeFileStore('local disk', async () => {
  const directory = await folder()
  return {
    store: await openLocalDisk(directory),
    async stored() {
      const entries = (await readdir(directory, { recursive: true, withFileTypes: true })).filter(
        (entry) => entry.isFile(),
      )
      return new Map(
        await Promise.all(
          entries.map(
            async (entry) =>
              [entry.name, await readFile(join(entry.parentPath, entry.name))] as const,
          ),
        ),
      )
    },
    replace: (name, bytes) => writeFile(join(directory, name.slice(0, 2), name), bytes),
  }
})

it('lets nobody else read files or folders', async () => {
  const directory = await folder()
  const store = await openLocalDisk(join(directory, 'files'))
  const { name } = await store.write(Readable.from([Buffer.from('x')]), Buffer.alloc(32, 1))
  expect((await stat(join(directory, 'files', name.slice(0, 2), name))).mode & 0o777).toBe(0o600)
  for (const path of ['files', join('files', name.slice(0, 2))])
    expect((await stat(join(directory, path))).mode & 0o777).toBe(0o700)
})

it('leaves only an unfinished file behind when killed midway, and the orphan sweep removes it', async () => {
  const directory = await folder()
  const script = `
    import { openLocalDisk } from '${root}/src/files/local-disk.ts'
    import { Readable } from 'node:stream'
    const store = await openLocalDisk(${JSON.stringify(directory)})
    await store.write(Readable.from((async function* () { for (;;) { yield Buffer.alloc(65536); process.stdout.write('.'); await new Promise((r) => setTimeout(r, 5)) } })()), Buffer.alloc(32))`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for (let dots = 0; dots < 5; ) dots += String((await once(child.stdout, 'data'))[0]).length
  child.kill('SIGKILL')
  await once(child, 'exit')
  const files = async () =>
    (await readdir(directory, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name)
  expect((await files()).every((name) => name.endsWith('.unfinished'))).toBe(true)
  expect((await files()).length).toBe(1)
  const store = await openLocalDisk(directory)
  expect(await store.removeOrphans(async () => new Set(), new Date(Date.now() + 60_000))).toBe(1)
})
