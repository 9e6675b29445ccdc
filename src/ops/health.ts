import type { App } from '../app.ts'
import type { LaneQueues } from '../queue.ts'
import { migrationStatus } from '../store/database.ts'
import { within } from './within.ts'

export type Part = 'database' | 'keys' | 'migrations' | 'queue'

export interface Health {
  readonly ready: boolean
  readonly parts: Readonly<Record<Part, 'ok' | 'away' | 'pending' | 'unknown'>>
  /** One sentence for each thing to look into. */
  readonly why: readonly string[]
}

const answerMs = 2_000

/**
 * Ready: this process can do its duty. Without its databases or on another schema it cannot. Without the queue
 * it can: the queue only rings (docs/decisions/0001), every process shares it, and taking them all out of
 * service would hide these pages exactly when somebody needs them and hold up the release that repairs it.
 */
export async function health(app: App, queues: LaneQueues): Promise<Health> {
  const [database, keys, queue] = await Promise.all([
    answers(() => app.store.db.raw('select 1')),
    answers(() => app.store.keys.of(nobody)),
    queueOf(app, queues),
  ])
  const migrations = database === 'ok' ? await schemaOf(app) : 'unknown'
  const parts = { database, keys, migrations, queue }
  return {
    ready: database === 'ok' && keys === 'ok' && migrations === 'ok',
    parts,
    why: (Object.keys(parts) as Part[])
      .filter((part) => parts[part] !== 'ok' && !(part === 'migrations' && database === 'away'))
      .map((part) => sentences[part]),
  }
}

async function schemaOf(app: App): Promise<'ok' | 'pending' | 'unknown'> {
  try {
    const { pending } = await within(answerMs, migrationStatus(app.store.db))
    return pending.length === 0 ? 'ok' : 'pending'
  } catch {
    return 'unknown'
  }
}

/** One that answers and has carried nothing for long is as good as away. */
async function queueOf(app: App, queues: LaneQueues): Promise<'ok' | 'away'> {
  const found = await answers(() => queues.lanes.get('upkeep')!.getJobCounts('waiting'))
  if (found === 'away') return found
  const silentMs = await within(answerMs, app.store.rings.silentMs()).catch(() => null)
  return silentMs === null ? 'ok' : 'away'
}

async function answers(ask: () => Promise<unknown>): Promise<'ok' | 'away'> {
  try {
    await within(answerMs, Promise.resolve(ask()))
    return 'ok'
  } catch {
    return 'away'
  }
}

/** No directive has this id. */
const nobody = '00000000-0000-0000-0000-000000000000'

const sentences: Readonly<Record<Part, string>> = {
  database:
    'Cơ sở dữ liệu không trả lời; công việc tiếp tục khi có lại. The database does not answer; work goes on when it does.',
  keys: 'Cơ sở dữ liệu khóa không trả lời; tệp chưa lưu được. The database of keys does not answer; files cannot be stored.',
  migrations:
    'Lược đồ chưa cập nhật hoặc chưa kiểm tra được: chạy chidao migrate. The schema is not up to date, or could not be checked: run chidao migrate.',
  queue:
    'Hàng đợi không trả lời hoặc không chuyển được việc nào; không mất việc nào, chỉ chậm hơn. The queue does not answer or carries nothing; nothing is lost, work is only later.',
}
