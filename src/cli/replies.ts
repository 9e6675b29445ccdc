import { type Command, Option } from 'commander'
import { parseClock, wallClock } from '../domain/clock.ts'
import { Explained } from '../domain/errors.ts'
import type { OutboxState } from '../store/outbox.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { mustBeConfirmed, saidBy } from './actor.ts'
import { explainFailure } from './failure-words.ts'
import { example, inBoth } from './help.ts'
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
    .summary('Các trả lời gửi lại nguồn. The replies that go back.')
    .description(
      inBoth(
        'Đường về: kết quả của các đơn vị gửi lại nguồn, cùng xác nhận và trạng thái. Một lần gửi mà không rõ kết cục thì không bao giờ tự gửi lại; người có trách nhiệm cho biết.',
        'The way back: what units answered, with acknowledgements and statuses. A send whose outcome is not known is never repeated blindly; a person says what became of it.',
      ),
    )
    .addHelpText(
      'after',
      example(
        'chidao replies list --state unconfirmed',
        'chidao replies settle ID --as delivered --reason "đã gọi điện xác nhận" --yes',
      ),
    )

  replies
    .command('list', { isDefault: true })
    .summary('Danh sách theo trạng thái. By state.')
    .description(
      inBoth(
        'Trạng thái: pending chờ gửi, sending đang gửi, delivered đã nhận, rejected bị từ chối, unconfirmed chưa rõ kết cục, settled người đã xử lý.',
        'States: pending to be sent, sending, delivered, rejected by the source, unconfirmed where its answer was lost, settled by a person.',
      ),
    )
    .addOption(new Option('--state <state...>', 'trạng thái / states').choices(states))
    .option('--json', 'một tài liệu JSON / one JSON document')
    .option('--limit <n>', 'nhiều nhất / at most', '50')
    .addHelpText('after', example('chidao replies list --state rejected unconfirmed'))
    .action(
      async ({ state, json, limit }: { state?: OutboxState[]; json?: true; limit: string }) => {
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
    .summary('Một trả lời: đã gửi gì, nguồn nói gì. What was sent and what the source said.')
    .description(
      inBoth(
        'Mọi điều biết về một lần gửi: thuộc văn bản nào, viết và gửi lúc nào, mấy lần, nguồn trả lời gì.',
        'Everything known of one send: for which directive, when written and sent, how often, what the source answered.',
      ),
    )
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
    .summary('Gửi ngay những gì đến hạn gửi lại. Make waiting replies due now.')
    .description(
      inBoth(
        'Các trả lời đang chờ lần gửi tới được gửi ngay; dịch vụ đang chạy sẽ gửi. Trả lời chưa rõ kết cục không bị gửi lại.',
        'Replies that wait for their next attempt become due now, for the running service. Unconfirmed ones are not sent again.',
      ),
    )
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
    .summary('Cho biết kết cục của một trả lời. Says what became of a reply.')
    .description(
      inBoth(
        'Dành cho trả lời chưa rõ kết cục hoặc bị từ chối: delivered nguồn đã nhận, settled đã xử lý cách khác, again gửi thêm một lần. Người, lúc và lý do được ghi vào lịch sử. Phải có --yes.',
        'For a reply that is unconfirmed or rejected: delivered if the source has it, settled if it was dealt with otherwise, again to send it once more. Who, when and why go into the history. Needs --yes.',
      ),
    )
    .addOption(
      new Option('--as <outcome>', 'kết cục / what became of it')
        .choices(['delivered', 'settled', 'again'])
        .makeOptionMandatory(),
    )
    .requiredOption('--reason <text>', 'vì sao, ghi vào lịch sử / why; goes into the history')
    .option('--by <name>', 'người thực hiện / who acts')
    .option('--yes', 'không hỏi lại / do not ask')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText(
      'after',
      example('chidao replies settle ID --as delivered --reason "văn thư xác nhận đã nhận" --yes'),
    )
    .action(
      async (
        id: string,
        {
          as,
          yes,
          json,
          ...asked
        }: {
          as: 'delivered' | 'settled' | 'again'
          reason: string
          by?: string
          yes?: true
          json?: true
        },
        command: Command,
      ) => {
        mustBeConfirmed(
          as,
          { yes },
          command,
          'thêm --yes để xác nhận. This decides what became of a reply: add --yes.',
        )
        const { actor, reason } = saidBy(as, { reason: asked.reason, as: asked.by }, '--by')
        const config = readConfig('optional')
        const at = (config.clock ? parseClock(config.clock) : wallClock).now()
        await using opened = await openTrackingStore(config, 'guest')
        const outcome = as === 'again' ? 'pending' : as
        const settled = await opened.store.outbox.settleByHand(id, outcome, actor, reason, at)
        if (!settled)
          throw new Explained(
            `Không có trả lời ${id} đang chờ người xử lý. Only unconfirmed and rejected replies can be settled; see: chidao replies list`,
          )
        if (json) return output.json({ id, as, actor, reason })
        output.line(`Đã ghi: ${id} ${as}.`)
      },
    )
}
