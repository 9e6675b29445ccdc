import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '#src/wiring.ts'

const samples = join(root, 'test/fixtures/edxml')

function inspect(...args: string[]) {
  return spawnSync(join(root, 'bin/chidao'), ['inspect', ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  })
}

it('ends 0 for a readable message, with every value present or null', () => {
  const { status, stdout } = inspect(
    join(samples, '08-priority-3-duedate-steering.edxml'),
    '--json',
  )
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    kind: 'document',
    business: 'new',
    code: '203/CĐ-UBND',
    issuedOn: '2025-03-15',
    dueOn: '2025-03-16',
    urgency: 'flash',
    steering: 1,
    status: null,
    replaces: [],
    files: [{ mediaType: 'application/pdf', size: 558 }],
    problems: [],
  })
})

it('ends 3 for a readable message with problems, each named with its place', () => {
  const { status, stdout } = inspect(join(samples, 'variants/v22-invalid-base64.edxml'), '--json')
  expect(status).toBe(3)
  expect(JSON.parse(stdout).problems).toMatchObject([{ code: 'base64Broken' }])
})

it('ends 1 for a message that cannot be read, and for a file that is not there', () => {
  const refused = inspect(join(samples, 'variants/v12-doctype-external-entity.edxml'), '--json')
  expect(refused.status).toBe(1)
  expect(JSON.parse(refused.stdout)).toMatchObject({
    kind: null,
    subject: null,
    problems: [{ code: 'doctype' }],
  })
  const missing = inspect('/nowhere.edxml')
  expect(missing.status).toBe(1)
  expect(missing.stderr).toMatch(/nowhere\.edxml.*correct the path/)
})

it('says that a folder is no file', () => {
  const { status, stderr } = inspect(samples)
  expect(status).toBe(2)
  expect(stderr).toMatch(/là thư mục.*give the path of one file/)
})
