import { Readable } from 'node:stream'
import type { App } from '../../app.ts'
import { addDays, localDateOf } from '../../domain/local-date.ts'
import type { ReplyFile } from '../../flow/reply-files.ts'
import { recordReply } from '../../flow.ts'
import type { ReplyContent } from '../../store/replies.ts'

/**
 * Plays the people of the Office and of the units, through the public contract only: reads the views,
 * classifies, begins work, replies with a document and a file, or returns a task with its reason.
 */
export class TrackingSoftware {
  readonly #app: App
  readonly #open: { assignment: string; unit: string; code: string }[] = []
  #served = 0
  written = 0

  constructor(app: App) {
    this.#app = app
  }

  /** One round of the day's work. */
  async work(): Promise<void> {
    await this.#classify()
    await this.#reply()
  }

  async #classify(): Promise<void> {
    const { rows } = await this.#app.store.db.raw(
      `select id, code, issued_on as "issuedOn" from tracking.directives
       where classified_at is null and refused_at is null and recalled_at is null and files_complete_at is not null and same_as is null order by before_go_live, classify_by desc limit 5`,
    )
    for (const directive of rows) await unlessTakenBack(() => this.#classifyOne(directive))
  }

  async #classifyOne(directive: { id: string; issuedOn: string; code: string }): Promise<void> {
    const at = this.#app.clock.now()
    const unit = units[this.#served++ % units.length]!
    const tasks = this.#served % 6 === 0 ? [] : [taskFor(directive, unit, this.#served)]
    const assigned = await this.#app.store.db.raw(
      `select sync.classify(:id, :tasks, 'chuyên viên Văn phòng', :at) as assignment`,
      {
        id: directive.id,
        tasks: JSON.stringify(tasks),
        at,
      },
    )
    for (const { assignment } of assigned.rows.slice(0, 1))
      this.#open.push({ assignment, unit: unit.name, code: directive.code })
  }

  async #reply(): Promise<void> {
    for (const open of this.#open.splice(0, 4)) await unlessTakenBack(() => this.#replyTo(open))
  }

  async #replyTo({ assignment, unit, code }: { assignment: string; unit: string; code: string }) {
    const n = this.written + 1
    const today = localDateOf(this.#app.clock.now())
    await this.#app.store.db.raw(`select sync.begin_work(:assignment, :actor, :at)`, {
      assignment,
      actor: unit,
      at: this.#app.clock.now(),
    })
    await recordReply(
      this.#app,
      assignment,
      replyContent(n, code, today),
      n % 3 === 0 ? [] : [report(n)],
      unit,
    )
    this.written = n
  }
}

/** Between two looks of a person the source may have recalled the directive (CD003), or it was withheld (CD002). */
async function unlessTakenBack(act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    if (!['CD002', 'CD003'].includes((error as { code?: string }).code ?? '')) throw error
  }
}

export const units = [
  { code: 'H50.05', name: 'Sở Nông nghiệp và Môi trường' },
  { code: 'H50.07', name: 'Sở Xây dựng' },
  { code: 'H50.09', name: 'Sở Tài chính' },
  { code: 'H50.11', name: 'Sở Văn hóa, Thể thao và Du lịch' },
  { code: 'H50.13', name: 'Sở Giáo dục và Đào tạo' },
  { code: 'H50.21', name: 'UBND phường Nam Sông' },
] as const

function taskFor(
  directive: { issuedOn: string; code: string },
  unit: { code: string; name: string },
  n: number,
) {
  return {
    description: `Chủ trì, phối hợp với các đơn vị liên quan triển khai văn bản ${directive.code}`,
    dueOn: n % 4 === 0 ? null : addDays(directive.issuedOn, 15),
    directedBy: 'Phó Chủ tịch phụ trách',
    opinion: 'Báo cáo kết quả đúng hạn',
    followedBy: 'Chuyên viên theo dõi',
    lead: unit,
    support: n % 3 === 0 ? [units[(n + 1) % units.length]] : [],
  }
}

function replyContent(n: number, code: string, today: string): ReplyContent {
  if (n % 9 === 0)
    return {
      outcome: 'returned',
      completedOn: null,
      explanation: 'Nội dung không thuộc chức năng, nhiệm vụ của đơn vị, đề nghị giao lại.',
      document: null,
    }
  const document = {
    number: String(100 + n),
    symbol: 'BC-SNNMT',
    issuedOn: today,
    typeName: 'Báo cáo',
    subject: `Kết quả thực hiện văn bản số ${code}`,
    signer: 'Nguyễn Văn Thử',
  }
  const completed = n % 5 !== 0
  return {
    outcome: completed ? 'completed' : 'notCompleted',
    completedOn: completed ? today : null,
    explanation: completed
      ? 'Đã hoàn thành theo yêu cầu.'
      : 'Chưa hoàn thành do thời tiết; đơn vị tiếp tục thực hiện.',
    document: n % 4 === 0 ? null : document,
  }
}

function report(n: number): ReplyFile {
  return {
    name: `bao-cao-${n}.pdf`,
    mediaType: 'application/pdf',
    content: Readable.from([Buffer.from(`%PDF-1.4\n% báo cáo số ${n}\n%%EOF\n`)]),
  }
}
