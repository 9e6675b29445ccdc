import type { Command } from 'commander'
import { parseClock, wallClock } from '../domain/clock.ts'
import type { FileNote } from '../domain/directive.ts'
import { Explained } from '../domain/errors.ts'
import type { LifeEvent } from '../store/directive-life.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { print as printAttention } from './attention.ts'
import { explainAttention, settling } from './attention-words.ts'
import { coloured } from './colour.ts'
import { eventWords } from './event-words.ts'
import { explainFailure } from './failure-words.ts'
import { example, inBoth } from './help.ts'
import { localTime, standardOutput as output } from './output.ts'
import { unusableWords } from './unusable-words.ts'

export function showCommand(program: Command): void {
  program
    .command('show')
    .argument('<codeOrRef>', 'số/ký hiệu, mã nguồn hoặc id / code, source reference or id')
    .summary(
      'Một văn bản: thông tin, tệp, thời hạn, cả cuộc đời, vì sao còn vướng. One directive, whole.',
    )
    .description(
      inBoth(
        'Thông tin, tệp (toàn văn, phụ lục, đã có hay vì sao chưa), thời hạn của một văn bản; mọi việc đã xảy ra với nó theo thứ tự, ai làm, lúc nào, vì sao; vì sao còn vướng và lệnh nào giải quyết. Tìm theo số/ký hiệu, mã của nguồn hoặc id; nhiều văn bản trùng thì hiện tất cả. Không nói gì về văn bản đang giữ lại hoặc đã xóa.',
        'A directive’s fields, its files (full text and annexes, here or why not) and deadline; all that happened to it in order, who did it, when and why; why it is stuck and which command settles that. Found by its code, its reference at the source or its id; all of them where several go by the same. Says nothing of what is withheld or purged.',
      ),
    )
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao show 780/UBND-NNMT'))
    .action(async (codeOrRef: string, { json }: { json?: true }) => {
      const config = readConfig('optional')
      const at = (config.clock ? parseClock(config.clock) : wallClock).now()
      await using opened = await openTrackingStore(config, 'guest')
      const { overview, attention } = opened.store
      const found = await overview.find(codeOrRef)
      const shown = await Promise.all(
        found.map(async ({ id }) => {
          const whole = await overview.directive(id)
          const asked = { at, near: config.alerts.nearHours, directiveId: id }
          return whole && { ...whole, attention: await attention.list(asked) }
        }),
      )
      const directives = shown.filter((one) => one !== null)
      if (directives.length === 0)
        throw new Explained(
          `Không có văn bản nào như vậy trong kho. Nothing in the store goes by "${codeOrRef}". Check the code, or run: chidao status`,
        )
      if (json)
        return output.json(
          directives.map((one) => ({
            ...one,
            attention: one.attention.map((item) => ({
              ...item,
              why: explainAttention(item),
              settle: settling(item),
            })),
          })),
        )
      for (const directive of directives) {
        print(directive)
        for (const item of directive.attention) printAttention(item)
      }
    })
}

type Shown = Record<string, unknown>

const fileNotes: Readonly<Record<FileNote, string>> = {
  typeDiffers: 'nội dung không đúng kiểu của tên tệp / not of the type that its name says',
}

const lateHow: Readonly<Record<string, string>> = {
  released: 'nguồn phát hành chậm / released late by its source',
  found: 'tìm thấy muộn / found late: an earlier reading should have met it',
}

function print(d: Shown): void {
  const date = (name: string) => localTime(d[name] as Date | null)
  output.line(coloured('title', `${d.code}  ${d.typeName}  ${d.issuedOn}  ${d.issuer}`))
  output.line(`  Trích yếu     ${d.subject}`)
  output.line(
    `  Người ký      ${d.signerName ?? '–'}${d.signerPosition ? `, ${d.signerPosition}` : ''}`,
  )
  output.line(`  Độ khẩn       ${d.urgency}${d.actAtOnce ? ', thực hiện ngay / at once' : ''}`)
  output.line(
    `  Hạn phân loại ${d.deadlineDate}, 24:00${d.deadlineConfirmed ? '' : ' (lịch nghỉ chưa chính thức / calendar unconfirmed)'}${d.beforeGoLive ? ' (trước ngày vận hành)' : ''}`,
  )
  output.line(
    `  Đã chuyển     ${date('stagedAt')}   Nhận xong tệp ${date('filesCompleteAt')}   Phân loại ${date('classifiedAt')}   Thu hồi ${date('recalledAt')}`,
  )
  if (d.late) output.line(`  Đến muộn      ${lateHow[String(d.late)]}`)
  output.line(`  Nguồn         ${d.source}, ${d.sourceRef}, lần ${d.revision}   id ${d.id}`)
  for (const { code } of d.replaces as Shown[])
    output.line(`  Thay thế      ${code} / it replaces ${code}`)
  for (const { code } of d.replacedBy as Shown[])
    output.line(`  Bị thay bởi   ${code} / replaced by ${code}`)
  for (const file of d.files as Shown[])
    output.line(
      `  ${file.isFullText ? 'Toàn văn      ' : 'Phụ lục       '}${file.name}  ${file.size ?? '–'} byte  ${stateOf(file)}  id ${file.id}`,
    )
  const served = d.servedBy as { source: string; files: Shown[] } | null
  for (const file of served?.files ?? [])
    output.line(
      `  Bản qua ${served!.source} / of its copy: ${file.name}  ${file.size ?? '–'} byte  ${stateOf(file)}`,
    )
  for (const task of d.tasks as Shown[])
    output.line(
      `  Nhiệm vụ      ${task.position}. ${task.unit} (${task.role})  hạn ${task.dueOn ?? 'không'}  ${task.lastOutcome ?? 'chưa trả lời'}`,
    )
  for (const reply of d.replies as Shown[])
    output.line(
      `  Trả lời       ${reply.outcome}  ${reply.delivery ?? '–'}  ${reply.answer ?? ''}`.trimEnd(),
    )
  output.line('  Từng việc / what happened')
  for (const entry of d.life as LifeEvent[]) output.line(`    ${told(entry)}`)
}

/** Whether it is here, and why not. */
function stateOf(file: Shown): string {
  switch (file.state) {
    case 'stored':
      return [
        `sha256 ${file.sha256}`,
        ...(file.handedInBy ? [`(quản trị viên nộp / handed in: ${file.handedInBy})`] : []),
        ...(file.note ? [`(${fileNotes[file.note as FileNote]})`] : []),
      ].join('  ')
    case 'unusable':
      return `không dùng được / unusable: ${unusableWords[String(file.unusable)] ?? file.unusable}`
    default:
      return `đang lấy / being fetched${file.failure ? `: ${explainFailure(String(file.failure))}` : ''}`
  }
}

function told({ at, actor, event, detail }: LifeEvent): string {
  const said = Object.entries(detail)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`)
  return [localTime(at), actor, eventWords(event), said.join('; ')].join('  ').trimEnd()
}
