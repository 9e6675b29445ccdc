import { createReadStream } from 'node:fs'
import type { Command } from 'commander'
import { type Inspection, inspectMessage } from '../edxml/inspection.ts'
import { example, inBoth } from './help.ts'
import { standardOutput as output } from './output.ts'
import { readableFile } from './readable-file.ts'

export function inspectCommand(program: Command): void {
  program
    .command('inspect')
    .argument('<file>', 'một thông điệp edXML / an edXML message')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .summary('Đọc một thông điệp edXML. Reads an edXML message.')
    .description(
      inBoth(
        'Cho biết cầu nối hiểu một thông điệp edXML thế nào và thấy vấn đề gì; không lưu gì. Mã thoát 1 nếu không đọc được, 3 nếu đọc được nhưng có vấn đề.',
        'Shows what the bridge makes of an edXML message and what is wrong with it; stores nothing. Ends with 1 if it is not readable, with 3 if it is but has problems.',
      ),
    )
    .addHelpText(
      'after',
      example('chidao inspect thong-diep.edxml', 'chidao inspect thong-diep.edxml --json'),
    )
    .action(async (file: string, { json }: { json?: true }) => {
      const content = createReadStream(await readableFile(file))
      const { readable, ...inspection } = await inspectMessage(content)
      process.exitCode = !readable ? 1 : inspection.problems.length > 0 ? 3 : 0
      if (json) return output.json(inspection)
      print({ readable, ...inspection })
    })
}

function print(message: Inspection): void {
  if (!message.readable) output.line('Không đọc được thông điệp. The message is not readable.')
  else if (message.kind === 'status') printStatus(message)
  else printDocument(message)
  for (const { code, message: what, where } of message.problems)
    output.line(`  ! ${code}${where ? ` (${where})` : ''}: ${what}`)
}

function printDocument(message: Inspection): void {
  output.line(
    `${message.code ?? '–'}  ${message.typeName ?? '–'}  ${message.issuedOn ?? '–'}  ${message.from?.organName ?? '–'}`,
  )
  output.line(`  Trích yếu   ${message.subject ?? '–'}`)
  output.line(
    `  Người ký    ${[message.signer.competence, message.signer.position, message.signer.name].filter(Boolean).join(', ') || '–'}`,
  )
  output.line(
    `  Nghiệp vụ   ${message.business}   Độ khẩn ${message.urgency ?? '–'}   Hạn ${message.dueOn ?? '–'}   Loại hình chỉ đạo ${message.steering ?? '–'}`,
  )
  output.line(`  Định danh   ${message.documentId ?? '–'}   Dạng ${message.dialect}`)
  for (const to of message.to)
    output.line(`  Nơi nhận    ${to.organId ?? '–'}  ${to.organName ?? '–'}`)
  for (const answered of message.responseFor)
    output.line(`  Trả lời     ${answered.code ?? answered.documentId ?? '–'}`)
  for (const file of message.files)
    output.line(`  Tệp         ${file.name}  ${file.mediaType ?? '–'}  ${file.size ?? '–'} byte`)
}

function printStatus({ status, from, responseFor }: Inspection): void {
  output.line(
    `Trạng thái ${status?.code ?? '–'}  ${status?.at ?? '–'}  ${from?.organName ?? from?.organId ?? '–'}`,
  )
  output.line(`  Về văn bản  ${responseFor[0]?.code ?? '–'}`)
  output.line(`  Nội dung    ${status?.description ?? '–'}`)
}
