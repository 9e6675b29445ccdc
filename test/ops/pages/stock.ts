import { createHash, randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import type { App } from '#src/app.ts'
import { addDays, localDateOf } from '#src/domain/local-date.ts'
import type { Admitted } from '#src/store/admitted.ts'
import { admitted, runningPass } from '#test/support/store.ts'

/** Ids of what the store was given to show. */
export interface Stock {
  readonly open: string
  readonly overdue: string
  readonly classified: string
  readonly withheld: string
  readonly failedIntake: string
  readonly unconfirmed: string
  readonly rejected: string
  readonly file: string
  /** Of what is overdue: its full text, which could not be fetched so far. */
  readonly missing: string
}

export const fileContent = '%PDF-1.4 nội dung của tệp'

const subjects = [
  'Triển khai công tác phòng, chống thiên tai và tìm kiếm cứu nạn năm 2026',
  'Đẩy nhanh tiến độ giải ngân vốn đầu tư công những tháng cuối năm',
  'Tăng cường quản lý đất đai, trật tự xây dựng trên địa bàn xã, phường',
  'Chấn chỉnh việc thực hiện quy chế làm việc của Ủy ban nhân dân tỉnh',
]
const urgencies = ['normal', 'urgent', 'veryUrgent', 'flash', 'unreadable'] as const

/** A little of everything that a page may have to show, in a source called `nguon`. */
export async function stock(app: App, change: Partial<Admitted['directive']> = {}): Promise<Stock> {
  const { store, clock } = app
  const now = clock.now()
  const today = localDateOf(now)
  await store.sources.register('nguon', { statuses: ['01', '03'], replies: 'message' }, 'f')
  await store.calendars.keep('lich/1', { schema: 'x' }, now)
  const pass = await runningPass(store)
  const stage = async (
    ref: string,
    daysLeft: number,
    more: Partial<Admitted['directive']> = {},
  ) => {
    const item = admitted(ref, { issuedOn: addDays(today, -2), ...change, ...more })
    const deadlineDate = addDays(today, daysLeft)
    await store.intake.stage(
      pass,
      {
        ...item,
        deadline: {
          ...item.deadline,
          deadlineDate,
          deadlineAt: new Date(Date.parse(`${addDays(deadlineDate, 1)}T00:00:00+07:00`)),
          calendarVersion: app.calendar.version,
        },
      },
      new Date(now.getTime() - 2 * 3_600_000),
    )
    return idOf(app, ref)
  }
  for (let n = 0; n < 12; n++)
    await stage(`m-${n}`, n % 4, {
      number: String(100 + n),
      code: `${100 + n}/UBND-TH`,
      subject: subjects[n % 4]!,
      urgency: urgencies[n % 5]!,
      ...change,
    })
  const open = await stage('open', 1, { number: '780', code: '780/UBND-NNMT' })
  const overdue = await stage('overdue', -1, {
    number: '02',
    code: '02/CĐ - UBND',
    urgency: 'flash',
    subject: 'Ứng phó bão số 9',
    ...change,
  })
  const classified = await stage('classified', 2, { number: '45', code: '45/KH-UBND', ...change })
  const withheld = await stage('withheld', 1, {
    number: '999',
    code: '999/UBND-GIAU',
    subject: 'Vănbảngiữlại không được thấy',
  })
  await store.withholding.withhold(withheld, 'doubtful', now)
  const failedIntake = await failed(app, pass.id, now)
  const file = await keepFile(app, open)
  const missing = await missFile(app, overdue)
  const [unconfirmed, rejected] = await replies(app, classified, change)
  await store.passes.end(
    pass,
    { seen: 21, allowed: 17, notEligible: 4, undecided: 0, unchanged: 0 },
    now,
  )
  return { open, overdue, classified, withheld, failedIntake, unconfirmed, rejected, file, missing }
}

async function idOf(app: App, ref: string): Promise<string> {
  const { rows } = await app.store.db.raw(`select id from sync.directive where source_ref = ?`, [
    ref,
  ])
  return rows[0].id
}

async function failed(app: App, pass: string, now: Date): Promise<string> {
  const { rows } = await app.store.db.raw(
    `insert into sync.intake (id, source, transport_ref, source_ref, version, pass_id, state, classify_by, attempts, failure, due_at, seen_at)
     values (:id, 'nguon', 'f1', 'f1', 'v1', :pass, 'failed', :by, 3, 'timeout', clock_timestamp() + interval '1 hour', :now) returning id`,
    { id: randomUUID(), pass, by: new Date(now.getTime() + 5 * 3_600_000), now },
  )
  return rows[0].id
}

async function keepFile(app: App, directive: string): Promise<string> {
  const key = (await app.store.keys.of(directive))!
  const written = await app.files.write(Readable.from([Buffer.from(fileContent)]), key)
  const { rows } = await app.store.db.raw(
    `insert into sync.directive_file (directive_id, ref, revision, state, is_full_text, position, name, media_type, announced_size, size, sha256, stored_as, stored_at)
     values (:directive, 'r', 1, 'stored', true, 0, :name, 'text/html', :size, :size, :sha256, :storedAs, :now) returning id`,
    {
      directive,
      name: 'Công văn 780 <b>"ký số"</b>.pdf',
      size: written.size,
      sha256: createHash('sha256').update(fileContent).digest('hex'),
      storedAs: written.name,
      now: app.clock.now(),
    },
  )
  return rows[0].id
}

async function missFile(app: App, directive: string): Promise<string> {
  const { db } = app.store
  await db.raw(`update sync.directive set files_complete_at = null where id = ?`, [directive])
  const { rows } = await db.raw(
    `insert into sync.directive_file (directive_id, ref, revision, state, is_full_text, position, name, announced_size, attempts, failure, due_at)
     values (?, 't', 1, 'waiting', true, 0, 'Công điện 02.pdf', 20480, 4, 'timeout', clock_timestamp() + interval '1 hour') returning id`,
    [directive],
  )
  return rows[0].id
}

async function replies(
  app: App,
  directive: string,
  { subject }: Partial<Admitted['directive']>,
): Promise<[string, string]> {
  const { db } = app.store
  const now = app.clock.now()
  const lead = { code: 'H50.05', name: 'Sở Nông nghiệp và Môi trường' }
  const support = [{ code: 'H50.06', name: 'Sở Tài chính' }]
  const tasks = [
    { description: subject ?? 'Báo cáo kết quả thực hiện', dueOn: '2026-12-20', lead, support },
  ]
  const { rows } = await db.raw(
    `select sync.classify(:directive, :tasks, 'chuyên viên Lan', :now) as assignment`,
    { directive, tasks: JSON.stringify(tasks), now },
  )
  const sent: string[] = []
  for (const [n, { assignment }] of rows.entries()) {
    const content = {
      outcome: 'completed',
      completedOn: '2026-09-10',
      explanation: subject ?? 'Đã hoàn thành đúng yêu cầu',
      document: null,
    }
    const id = randomUUID()
    await app.store.replies.write(id, assignment, content as never, [], 'chuyên viên Hoa', now)
    const state = n === 0 ? 'unconfirmed' : 'rejected'
    const { rows: out } = await db.raw(
      `update sync.outbox set state = :state, attempts = 1, attempted_at = :now, due_at = '9999-01-01', failure = :failure, answer = :answer,
         ended_at = case when :state = 'rejected' then :now::timestamptz end where reply_id = :id returning id`,
      {
        state,
        now,
        id,
        failure: n === 0 ? 'timeout' : null,
        answer: n === 0 ? null : (subject ?? 'Sai mã định danh đơn vị'),
      },
    )
    sent.push(out[0].id)
  }
  return [sent[0]!, sent[1]!]
}
