/**
 * What anyone would write first: ask for everything, write it down. The same requests, the same rows and the
 * same durable files as the product, and nothing that it promises: no gate, no lease, no key, no look at what
 * is there, no second try. Plain node:http and plain pg. Prints what it did as JSON.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { Agent, get } from 'node:http'
import { buffer } from 'node:stream/consumers'
import pg from 'pg'
import { keep } from './keep.ts'
import { type Item, insertAll, insertKey, insertWaiting, storeFiles } from './rows.ts'

interface Task {
  readonly sourceUrl: string
  readonly url: string
  readonly keysUrl: string
  readonly directory: string
  readonly from: string
  readonly until: string
  readonly pageSize: number
  readonly concurrency: number
  /** `twice`: a commit before the file and one after it, as the product. `once`: one commit for everything. */
  readonly commits: 'twice' | 'once'
}

const task = JSON.parse(process.argv[2] ?? '{}') as Task
const agent = new Agent({ keepAlive: true, maxSockets: task.concurrency + 1 })
const store = new pg.Pool({ connectionString: task.url, max: 12 })
const keys = new pg.Pool({ connectionString: task.keysUrl, max: 4 })
const headers = { authorization: 'Bearer bench', accept: 'application/json' }

const began = Date.now()
const cpuBefore = process.cpuUsage()
const met = new Set<number>()
let peak = 0
// An offset list may shift while it is read, so it is read twice: the same requests as the product's.
for (let reading = 1; reading <= 2; reading++) {
  for (let page = 1, seen = 0, total = 1; seen < total; page++) {
    const query = `page=${page}&page_size=${task.pageSize}&from_date=${task.from}&to_date=${task.until}`
    const answer = await read(`/api/van-ban-di?${query}`)
    total = answer.pagination.total
    seen += answer.data.length
    const ids = (answer.data as { id: number }[]).map((row) => row.id)
    const fresh = ids.filter((id) => !met.has(id) && met.add(id))
    await atOnce(fresh, task.concurrency, takeOne)
    peak = Math.max(peak, process.memoryUsage.rss())
  }
}
const seconds = (Date.now() - began) / 1000
const { user, system } = process.cpuUsage(cpuBefore)
process.stdout.write(
  `${JSON.stringify({ documents: met.size, seconds, cpu: (user + system) / 1e6, peak })}\n`,
)
agent.destroy()
await store.end()
await keys.end()

async function takeOne(id: number): Promise<void> {
  const { data } = await read(`/api/van-ban-di/${id}`)
  const item: Item = { ...data, directiveId: randomUUID(), intakeId: randomUUID() }
  if (task.commits === 'twice') await insertWaiting(store, item)
  const files = []
  for (const file of data.attachments) {
    const content = await bytes(`/api/van-ban-di/${id}/dinh-kem/${file.id}/download`)
    if (task.commits === 'twice') await insertKey(keys, item.directiveId, randomBytes(32))
    files.push({ ref: `${file.id}`, ...(await keep(task.directory, content)) })
  }
  if (task.commits === 'twice') return storeFiles(store, item, files)
  if (files.length > 0) await insertKey(keys, item.directiveId, randomBytes(32))
  await insertAll(store, item, files)
}

async function read(path: string) {
  return JSON.parse((await bytes(path)).toString('utf8'))
}

function bytes(path: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    get(task.sourceUrl + path, { agent, headers }, (answer) => {
      buffer(answer).then(resolve, reject)
    }).once('error', reject)
  })
}

async function atOnce<T>(items: readonly T[], limit: number, work: (item: T) => Promise<void>) {
  const left = items.values()
  const one = async () => {
    for (const item of left) await work(item)
  }
  await Promise.all(Array.from({ length: limit }, one))
}
