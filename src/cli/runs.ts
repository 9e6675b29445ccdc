import type { Command } from 'commander'
import { Explained } from '../domain/errors.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { explainFailure } from './failure-words.ts'
import { example, inBoth } from './help.ts'
import { localTime, standardOutput as output, table } from './output.ts'

export function runsCommand(program: Command): void {
  program
    .command('runs')
    .argument('[id]', 'một lượt / one run')
    .summary('Các lượt đọc nguồn đã làm gì. What the readings of the sources did.')
    .description(
      inBoth(
        'Mỗi lượt đọc một khoảng thời gian của một nguồn: thấy bao nhiêu, đủ điều kiện, chưa đủ điều kiện, chưa đọc được, số liệu có cân không, sự cố gì.',
        'Each run reads one window of time of one source: how much it saw, admitted, found not eligible or could not read, whether its totals balance, and what went wrong.',
      ),
    )
    .option('--json', 'một tài liệu JSON / one JSON document')
    .option('--limit <n>', 'số lượt / how many', '20')
    .addHelpText('after', example('chidao runs --limit 5'))
    .action(async (id: string | undefined, { json, limit }: { json?: true; limit: string }) => {
      await using opened = await openTrackingStore(readConfig('optional'), 'guest')
      const runs = id
        ? [await opened.store.passes.one(id)].filter((run) => run !== null)
        : await opened.store.passes.recent(Number(limit) || 20)
      if (id && runs.length === 0)
        throw new Explained(`Không có lượt ${id}. No run has this id; list them with: chidao runs`)
      if (json) return output.json(id ? runs[0] : runs)
      output.line(
        table(
          [
            'id',
            'nguồn',
            'loại',
            'từ',
            'đến',
            'lúc',
            'trạng thái',
            'thấy',
            'đủ',
            'chưa đủ',
            'chưa đọc được',
            'khớp số',
            'sự cố',
          ],
          runs.map((run) => [
            String(run.id),
            String(run.source),
            String(run.kind),
            String(run.from),
            String(run.until),
            localTime(run.openedAt as Date),
            String(run.state),
            cell(run.seen),
            cell(run.allowed),
            cell(run.notEligible),
            cell(run.undecided),
            run.balances === null ? '–' : run.balances ? '✓' : '✗',
            explainFailure(run.failure as string | null),
          ]),
        ),
      )
    })
}

function cell(value: unknown): string {
  return value === null || value === undefined ? '–' : String(value)
}
