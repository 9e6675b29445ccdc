import type { Command } from 'commander'
import type { Tampering } from '../store/audit.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { coloured } from './colour.ts'
import { example, inBoth } from './help.ts'
import { localTime, standardOutput as output, table } from './output.ts'

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
        'Đi hết chuỗi niêm phong. Dòng đã hủy đúng luật (văn bản mật) được nhận ra nhờ biên bản hủy. Mã thoát 1 nếu có dấu hiệu can thiệp, 3 nếu kho dữ liệu từng lùi lại và mất dòng.',
        'Walks the whole chain. Entries that went with a lawful purge are known from its record. Ends with 1 when somebody has tampered, with 3 when the store once lost commits and entries with them.',
      ),
    )
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao audit verify --json'))
    .action(async ({ json }: { json?: true }) => {
      await using opened = await openTrackingStore(readConfig('optional'), 'guest')
      const found = await opened.store.audits.verify()
      if (found.findings.length > 0) process.exitCode = 1
      else if (found.gaps.length > 0) process.exitCode = 3
      if (json) return output.json(found)
      output.line(`Đã niêm phong / sealed        ${found.entries}`)
      output.line(`  trong đó đã hủy / purged    ${found.purged}`)
      output.line(`Chưa niêm phong / not yet     ${found.unsealed}`)
      for (const { after, until, noticedAt } of found.gaps)
        output.line(
          coloured(
            'bad',
            `Kho dữ liệu đã lùi lại: mất dòng ${after + 1}–${until}, nhận ra lúc ${localTime(noticedAt)}. The store lost commits: entries ${after + 1}–${until} are gone.`,
          ),
        )
      if (found.findings.length === 0)
        return output.line(
          found.gaps.length === 0
            ? coloured('good', 'Chuỗi nguyên vẹn. The chain is intact.')
            : 'Phần còn lại nguyên vẹn. What is left is intact.',
        )
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
