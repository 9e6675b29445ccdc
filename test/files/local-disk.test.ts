import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, expect, it, vi } from 'vitest'
import { FileDamaged } from '#src/files/file-store.ts'
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
  const nobody = async () => new Set<string>()
  const lately = new Date(Date.now() - 3_600_000)
  // It may still be growing.
  expect(await store.removeOrphans(nobody, inAMinute(), lately)).toBe(0)
  const [name] = await files()
  const path = join(directory, name!.slice(0, 2), name!)
  await utimes(path, lately, new Date(lately.getTime() - 1000))
  expect(await store.removeOrphans(nobody, new Date(0), lately)).toBe(1)
})

it('writes nothing in clear while a file is still coming', async () => {
  const directory = await folder()
  const store = await openLocalDisk(directory)
  const secret = Buffer.from('trích yếu rất dễ nhận ra '.repeat(10_000))
  const coming = new Readable({ read() {} })
  const writing = store.write(coming, Buffer.alloc(32, 1))
  coming.push(secret)
  await vi.waitFor(async () => expect(await sizesUnder(directory)).toBeGreaterThan(100_000))
  for (const path of await filesUnder(directory)) {
    expect(path).toMatch(/\.unfinished$/)
    expect((await readFile(path)).includes('trích yếu')).toBe(false)
  }
  coming.push(null)
  await writing
})

it('leaves alone what others put into its folder', async () => {
  const directory = await folder()
  const store = await openLocalDisk(directory)
  const { name } = await store.write(Readable.from([Buffer.from('x')]), Buffer.alloc(32, 1))
  const strangers = [join(directory, 'notes.txt'), join(directory, name.slice(0, 2), 'notes.txt')]
  for (const path of strangers) await writeFile(path, 'keep me')
  expect(await store.removeOrphans(async () => new Set(), inAMinute(), inAMinute())).toBe(1)
  expect(await filesUnder(directory)).toEqual(strangers)
})

it('sweeps while files are being written', async () => {
  const store = await openLocalDisk(await folder())
  const sweeping = (async () => {
    for (let sweep = 0; sweep < 20; sweep++)
      await store.removeOrphans(async (names) => new Set(names), inAMinute(), inAMinute())
  })()
  for (let file = 0; file < 100; file++)
    await store.write(Readable.from([Buffer.from('x')]), Buffer.alloc(32, 1))
  await sweeping
})

it('lets go of the file of a reader who gives up, even before the first byte', async () => {
  const store = await openLocalDisk(await folder())
  const key = Buffer.alloc(32, 1)
  const { name } = await store.write(Readable.from([Buffer.alloc(1_000_000)]), key)
  const { length: openBefore } = await descriptors()
  for (let reader = 0; reader < 20; reader++) {
    store.open(name, key).destroy()
    for await (const _chunk of store.open(name, key)) break
  }
  await vi.waitFor(async () => expect((await descriptors()).length).toBeLessThan(openBefore + 10))
})

it('lets go of a file it finds damaged', async () => {
  const directory = await folder()
  const store = await openLocalDisk(directory)
  const key = Buffer.alloc(32, 1)
  const { name } = await store.write(Readable.from([Buffer.alloc(1_000_000)]), key)
  await truncate(join(directory, name.slice(0, 2), name), 500_000)
  const { length: openBefore } = await descriptors()
  for (let reader = 0; reader < 20; reader++)
    await expect(store.open(name, key).toArray()).rejects.toThrow(FileDamaged)
  expect((await descriptors()).length).toBeLessThan(openBefore + 10)
})

it('ends the source when it cannot even begin to write', async () => {
  const directory = await folder()
  const store = await openLocalDisk(join(directory, 'files'))
  await rm(join(directory, 'files'), { recursive: true })
  await writeFile(join(directory, 'files'), 'in the way')
  const source = Readable.from([Buffer.from('x')])
  await expect(store.write(source, Buffer.alloc(32, 1))).rejects.toThrow('ENOTDIR')
  expect(source.destroyed).toBe(true)
})

it('says which folder cannot be used, and what to do', async () => {
  const directory = await folder()
  await writeFile(join(directory, 'a-file'), '')
  await expect(openLocalDisk(join(directory, 'a-file', 'files'))).rejects.toThrow(
    /a-file\/files.*ENOTDIR.*another data directory/,
  )
})

// A full disk can only be had from the kernel: a tiny one, in a mount namespace of the child's own.
const smallDisk = 'mkdir "$0" && mount -t tmpfs -o size=256k tmpfs "$0" && exec "$@"'
const mayMount = await (async () => {
  const command = ['-rm', 'sh', '-c', smallDisk, join(await folder(), 'small'), 'true']
  return spawnSync('unshare', command).status === 0
})()

it.skipIf(!mayMount)('names a full disk, and leaves nothing of the file on it', async () => {
  const directory = join(await folder(), 'small')
  const script = `
    import { readdirSync } from 'node:fs'
    import { Readable } from 'node:stream'
    import { openLocalDisk } from '${root}/src/files/local-disk.ts'
    const store = await openLocalDisk(${JSON.stringify(directory)})
    const error = await store.write(Readable.from([Buffer.alloc(1_000_000)]), Buffer.alloc(32)).catch((e) => e)
    const left = readdirSync(${JSON.stringify(directory)}, { recursive: true, withFileTypes: true }).filter((e) => e.isFile())
    const after = await store.write(Readable.from([Buffer.alloc(1000)]), Buffer.alloc(32))
    console.log(JSON.stringify({ name: error.name, message: error.message, left: left.length, after: after.size }))`
  const child = spawnSync(
    'unshare',
    [
      '-rm',
      'sh',
      '-c',
      smallDisk,
      directory,
      process.execPath,
      '--input-type=module',
      '-e',
      script,
    ],
    { encoding: 'utf8' },
  )
  expect(JSON.parse(child.stdout)).toEqual({
    name: 'DiskFull',
    message: expect.stringMatching(/is full\. Free some space/),
    left: 0,
    after: 1000,
  })
})

function inAMinute(): Date {
  return new Date(Date.now() + 60_000)
}

function descriptors(): Promise<string[]> {
  return readdir('/dev/fd')
}

async function filesUnder(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort((a, b) => a.length - b.length)
}

async function sizesUnder(directory: string): Promise<number> {
  const sizes = (await filesUnder(directory)).map(async (path) => (await stat(path)).size)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}
