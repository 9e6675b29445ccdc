import type { Command } from 'commander'
import { Explained } from '../domain/errors.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { explainFailure } from './failure-words.ts'
import { example, inBoth } from './help.ts'
import { localTime, standardOutput as output } from './output.ts'

export function showCommand(program: Command): void {
  program
    .command('show')
    .argument('<codeOrRef>', 'số/ký hiệu, mã nguồn hoặc id / code, source reference or id')
    .summary(
      'Một văn bản: thông tin, tệp, thời hạn, lịch sử, vì sao còn vướng. One directive, whole.',
    )
    .description(
      inBoth(
        'Thông tin, tệp, thời hạn, lịch sử của một văn bản, và vì sao còn vướng. Tìm theo số/ký hiệu, mã của nguồn hoặc id; nhiều văn bản trùng thì hiện tất cả.',
        'A directive’s fields, files, deadline and history, and why it is stuck. Found by its code, its reference at the source or its id; all of them where several go by the same.',
      ),
    )
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao show 780/UBND-NNMT'))
    .action(async (codeOrRef: string, { json }: { json?: true }) => {
      await using opened = await openTrackingStore(readConfig('optional'), 'guest')
      const { overview } = opened.store
      const found = await overview.find(codeOrRef)
      if (found.length === 0)
        throw new Explained(
          `Không có văn bản nào như vậy trong kho. Nothing in the store goes by "${codeOrRef}". Check the code, or run: chidao status`,
        )
      const directives = (await Promise.all(found.map(({ id }) => overview.directive(id)))).filter(
        (one) => one !== null,
      )
      if (json) return output.json(directives)
      for (const directive of directives) print(directive)
    })
}

type Shown = Record<string, unknown>

function print(d: Shown): void {
  output.line(`${d.code}  ${d.typeName}  ${d.issuedOn}  ${d.issuer}`)
  output.line(`  Trích yếu     ${d.subject}`)
  output.line(
    `  Người ký      ${d.signerName ?? '–'}${d.signerPosition ? `, ${d.signerPosition}` : ''}`,
  )
  output.line(`  Độ khẩn       ${d.urgency}`)
  output.line(
    `  Hạn phân loại ${d.deadlineDate}, 24:00${d.deadlineConfirmed ? '' : ' (lịch nghỉ chưa chính thức / calendar unconfirmed)'}${d.beforeGoLive ? ' (trước ngày vận hành)' : ''}`,
  )
  output.line(
    `  Đã chuyển     ${localTime(d.stagedAt as Date | null)}   Phân loại ${localTime(d.classifiedAt as Date | null)}   Thu hồi ${localTime(d.recalledAt as Date | null)}`,
  )
  output.line(`  Nguồn         ${d.source}, ${d.sourceRef}, lần ${d.revision}   id ${d.id}`)
  for (const file of d.files as Shown[])
    output.line(
      `  Tệp           ${file.name}  ${file.size ?? '–'} byte  ${file.stored ? 'đã lưu / stored' : 'đang chờ / pending'}`,
    )
  for (const row of d.intake as Shown[])
    if (row.failure)
      output.line(
        `  Vướng         ${explainFailure(String(row.failure))}, lần thử ${row.attempts}, thử lại ${localTime(row.dueAt as Date)}`,
      )
  for (const reply of d.replies as Shown[])
    output.line(`  Trả lời       ${reply.outcome}  ${reply.delivery}  ${reply.answer ?? ''}`)
  for (const entry of d.history as Shown[])
    output.line(`  ${localTime(entry.at as Date)}  ${entry.actor}  ${entry.event}`)
}
