import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { openLocalDisk } from '#src/files/local-disk.ts'
import { openRegister, profileAt, row } from '#test/connectors/paged-register.ts'
import { pullAll, testApp } from '#test/support/app.ts'
import { retryAll, settleAll } from '#test/support/claims.ts'

const small = mkdtempSync(join(tmpdir(), 'chidao-small-disk-'))
const mounted = mount('size=16k')
afterAll(() => {
  if (mounted) execFileSync('umount', [small])
  rmSync(small, { recursive: true, force: true })
})

/** A real disk of a few blocks; only root may make one. */
function mount(options: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', small], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

it.skipIf(!mounted)(
  'loses nothing on a full disk, says so, and goes on by itself when there is room again',
  async () => {
    const register = await openRegister([1, 2, 3, 4, 5, 6, 7, 8].map((id) => row(id)))
    await using t = await testApp([profileAt(register.address)])
    const app = { ...t.app, files: await openLocalDisk(small) }
    await pullAll(app)
    expect(await app.store.overview.totals()).toMatchObject({ staged: 8, failed: 0 })
    const before = await app.store.overview.files()
    expect(before.waiting).toBeGreaterThan(0)
    const listed = await app.store.directiveFiles.open(100)
    expect(listed.map((one) => one.failure)).toContain('diskFull')
    expect(t.logged.join('')).toContain('"failure":"diskFull"')

    execFileSync('mount', ['-o', 'remount,size=10m', small])
    await retryAll(app.store)
    await settleAll(app)
    expect(await app.store.overview.files()).toMatchObject({ stored: 8, waiting: 0 })
    await register.close()
  },
)
