import type { Command } from 'commander'
import type { Tampering } from '../store/audit.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { coloured } from './colour.ts'
import { example, inBoth } from './help.ts'
import { standardOutput as output, table } from './output.ts'

export function auditCommand(program: Command): void {
  const audit = program
    .command('audit')
    .summary('Kiểm chứng lịch sử. Prove the history.')
    .description(
      inBoth(
        'Lịch sử ghi ai làm gì, lúc nào, vì sao; chỉ ghi thêm, được niêm phong thành chuỗi bằng khóa để ngoài kho.',
        'The history says who did what, when and why. It is only ever added to, and sealed into a chain with a key that lies outside the store.',
      ),
    )
    .addHelpText('after', example('chidao audit verify'))

  audit
    .command('verify')
    .summary('Tìm dòng bị sửa, xóa hoặc chèn. Find what was altered, removed or inserted.')
    .description(
      inBoth(
        'Đi hết chuỗi niêm phong. Dòng đã hủy đúng luật (văn bản mật) được nhận ra nhờ biên bản hủy. Mã thoát 1 nếu có dấu hiệu can thiệp.',
        'Walks the whole chain. Entries that went with a lawful purge are known from its record. Ends with 1 when somebody has tampered.',
      ),
    )
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao audit verify --json'))
    .action(async ({ json }: { json?: true }) => {
      await using opened = await openTrackingStore(readConfig('optional'), 'guest')
      const found = await opened.store.audits.verify()
      if (found.findings.length > 0) process.exitCode = 1
      if (json) return output.json(found)
      output.line(`Đã niêm phong / sealed        ${found.entries}`)
      output.line(`  trong đó đã hủy / purged    ${found.purged}`)
      output.line(`Chưa niêm phong / not yet     ${found.unsealed}`)
      if (found.findings.length === 0)
        return output.line(coloured('good', 'Chuỗi nguyên vẹn. The chain is intact.'))
      output.line(coloured('bad', 'CÓ DẤU HIỆU CAN THIỆP. Somebody has tampered.'))
      output.line(
        table(
          ['thứ tự', 'dòng', 'dấu hiệu'],
          found.findings.map(({ seq, historyId, tampering }) => [
            seq === null ? '–' : String(seq),
            historyId ?? '–',
            words[tampering],
          ]),
        ),
      )
      if (found.more) output.line('… và nữa / and more')
    })
}

const words: Readonly<Record<Tampering, string>> = {
  payloadAltered: 'nội dung bị sửa / the entry was altered',
  payloadRemoved: 'nội dung bị xóa, không có biên bản hủy / removed, and no purge says so',
  payloadInserted: 'chèn ngoài chuỗi / inserted behind the chain',
  chainAltered: 'mắt xích bị sửa hoặc đổi chỗ / a link was altered or moved',
  chainGap: 'thiếu mắt xích trước đó / links before it are gone',
  chainCut: 'cuối chuỗi bị cắt hoặc viết lại / the end of the chain was cut off or rewritten',
}
