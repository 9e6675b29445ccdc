import type { Command } from 'commander'
import { parseClock, wallClock } from '../domain/clock.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { explainFailure } from './failure-words.ts'
import { example } from './help.ts'
import { localTime, standardOutput as output, table } from './output.ts'

export function statusCommand(program: Command): void {
  program
    .command('status')
    .description(
      'Tình trạng nguồn, thời hạn, trả lời, việc cần xử lý. Sources, deadlines, replies, and what needs attention.',
    )
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao status', 'chidao status --json'))
    .action(async ({ json }: { json?: true }) => {
      const config = readConfig('optional')
      await using opened = await openTrackingStore(config, 'guest')
      const { overview } = opened.store
      const now = (config.clock ? parseClock(config.clock) : wallClock).now()
      const [sources, totals, replies, deadlines, failed] = await Promise.all([
        overview.sources(),
        overview.totals(),
        overview.wayBack(),
        overview.deadlines(now),
        overview.failed(1000),
      ])
      const needsAttention =
        failed.length +
        replies.rejected +
        replies.unconfirmed +
        sources.filter((source) => source.lastFailure || (source.undecided ?? 0) > 0).length
      if (needsAttention > 0) process.exitCode = 3
      if (json)
        return output.json({
          at: now,
          sources,
          totals,
          replies,
          deadlines,
          failed: failed.length,
          needsAttention,
        })
      output.line('Nguồn / Sources')
      output.line(
        table(
          [
            'tên',
            'trả lời lần cuối',
            'thấy',
            'đủ điều kiện',
            'chưa đủ điều kiện đồng bộ',
            'chưa đọc được',
            'sự cố',
          ],
          sources.map((source) => [
            source.name,
            localTime(source.lastAnswerAt),
            count(source.seen),
            count(source.allowed),
            count(source.notEligible),
            count(source.undecided),
            explainFailure(source.lastFailure),
          ]),
        ),
      )
      output.line(
        `\nKho / Store        đã chuyển ${totals.staged}, cập nhật ${totals.updated}, thu hồi ${totals.recalled}, đang chờ ${totals.pending}, lỗi ${totals.failed}`,
      )
      output.line(
        `Trả lời / Replies  đã gửi ${replies.delivered}, chờ ${replies.pending}, bị từ chối ${replies.rejected}, chưa rõ ${replies.unconfirmed}`,
      )
      output.line(
        `Thời hạn / Due     đang chạy ${deadlines.open}, quá hạn phân loại ${deadlines.overdue}, chuyển muộn ${deadlines.stagedLate}`,
      )
      if (deadlines.next)
        output.line(
          `Gần nhất / Next    ${deadlines.next.code}  24:00 ${deadlines.next.deadlineDate}`,
        )
      output.line(
        needsAttention > 0
          ? `Cần xử lý ${needsAttention} việc: chidao failed, chidao replies list`
          : 'Không có việc cần xử lý. Nothing needs attention.',
      )
    })
}

function count(n: number | null): string {
  return n === null ? '–' : String(n)
}
