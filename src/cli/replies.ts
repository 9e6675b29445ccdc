import { userInfo } from 'node:os'
import type { Command } from 'commander'
import { Explained } from '../domain/errors.ts'
import type { OutboxState } from '../store/outbox.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { explainFailure } from './failure-words.ts'
import { example } from './help.ts'
import { localTime, standardOutput as output, table } from './output.ts'

const states: readonly OutboxState[] = [
  'pending',
  'sending',
  'delivered',
  'rejected',
  'unconfirmed',
  'settled',
]

export function repliesCommand(program: Command): void {
  const replies = program
    .command('replies')
    .description('Đường về: các trả lời gửi lại nguồn. The way back.')
    .addHelpText(
      'after',
      example(
        'chidao replies list --state unconfirmed',
        'chidao replies settle ID --as delivered --reason "đã gọi điện xác nhận" --yes',
      ),
    )

  replies
    .command('list', { isDefault: true })
    .description('Danh sách theo trạng thái. By state.')
    .option('--state <state...>', states.join(', '))
    .option('--json', 'một tài liệu JSON / one JSON document')
    .option('--limit <n>', 'nhiều nhất / at most', '50')
    .addHelpText('after', example('chidao replies list --state rejected unconfirmed'))
    .action(
      async (
        { state, json, limit }: { state?: OutboxState[]; json?: true; limit: string },
        command: Command,
      ) => {
        const unknown = state?.find((one) => !states.includes(one))
        if (unknown)
          command.error(
            `error: không có trạng thái "${unknown}" / unknown state; known: ${states.join(', ')}`,
            { exitCode: 2 },
          )
        await using opened = await openTrackingStore(readConfig('optional'), 'guest')
        const rows = await opened.store.outbox.list(state ?? states, Number(limit) || 50)
        if (json) return output.json(rows)
        output.line(
          table(
            [
              'id',
              'văn bản',
              'trạng thái',
              'viết lúc',
              'gửi lúc',
              'lần gửi',
              'sự cố hoặc câu trả lời của nguồn',
            ],
            rows.map((row) => [
              String(row.id),
              String(row.code ?? '–'),
              String(row.state),
              localTime(row.writtenAt as Date),
              localTime(row.attemptedAt as Date | null),
              String(row.attempts),
              String(row.answer ?? explainFailure(row.failure as string | null)),
            ]),
          ),
        )
      },
    )

  replies
    .command('show')
    .argument('<id>', 'id của dòng gửi / the row')
    .description('Một trả lời: đã gửi gì, nguồn nói gì. What was sent and what the source said.')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao replies show ID --json'))
    .action(async (id: string, { json }: { json?: true }) => {
      await using opened = await openTrackingStore(readConfig('optional'), 'guest')
      const row = (await opened.store.outbox.list(states, 1_000_000)).find((one) => one.id === id)
      if (!row)
        throw new Explained(
          `Không có trả lời ${id}. No reply has this id; list them with: chidao replies list`,
        )
      const shown = { ...row, reply: await opened.store.replies.one(String(row.replyId)) }
      if (json) return output.json(shown)
      for (const [name, value] of Object.entries(shown))
        output.line(
          `${name.padEnd(12)} ${value instanceof Date ? localTime(value) : typeof value === 'object' ? JSON.stringify(value) : value}`,
        )
    })

  replies
    .command('push')
    .description('Gửi ngay những gì đến hạn gửi lại. Make waiting replies due now.')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao replies push'))
    .action(async ({ json }: { json?: true }) => {
      await using opened = await openTrackingStore(readConfig('optional'), 'guest')
      const due = await opened.store.outbox.makeDue()
      if (json) return output.json({ due })
      output.line(
        `${due} dòng đến hạn ngay. ${due} rows are due now; the running service sends them.`,
      )
    })

  replies
    .command('settle')
    .argument('<id>', 'id của dòng gửi / the row')
    .description(
      'Người có trách nhiệm cho biết kết cục. A person says what became of an unconfirmed or rejected reply.',
    )
    .requiredOption('--as <outcome>', 'delivered | settled | again (gửi lại / send once more)')
    .requiredOption('--reason <text>', 'vì sao, ghi vào lịch sử / why; goes into the history')
    .option('--yes', 'không hỏi lại / do not ask')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText(
      'after',
      example('chidao replies settle ID --as delivered --reason "văn thư xác nhận đã nhận" --yes'),
    )
    .action(
      async (
        id: string,
        { as, reason, yes, json }: { as: string; reason: string; yes?: true; json?: true },
        command: Command,
      ) => {
        if (!['delivered', 'settled', 'again'].includes(as))
          command.error('error: --as là delivered, settled hoặc again', { exitCode: 2 })
        if (!yes)
          command.error(
            'error: thêm --yes để xác nhận. This decides what became of a reply: add --yes.',
            { exitCode: 2 },
          )
        await using opened = await openTrackingStore(readConfig('optional'), 'guest')
        const outcome = as === 'again' ? 'pending' : (as as 'delivered' | 'settled')
        const settled = await opened.store.outbox.settleByHand(
          id,
          outcome,
          userInfo().username,
          reason,
          new Date(),
        )
        if (!settled)
          throw new Explained(
            `Không có trả lời ${id} đang chờ người xử lý. Only unconfirmed and rejected replies can be settled; see: chidao replies list`,
          )
        if (json) return output.json({ id, as })
        output.line(`Đã ghi: ${id} ${as}.`)
      },
    )
}
