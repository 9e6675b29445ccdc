import type { Command } from 'commander'
import { parseClock, wallClock } from '../domain/clock.ts'
import { Explained } from '../domain/errors.ts'
import type { Attention } from '../store/attention.ts'
import type { FailedRow } from '../store/failures.ts'
import type { Store } from '../store/store.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { mustBeConfirmed, saidBy } from './actor.ts'
import { explainAttention } from './attention-words.ts'
import { explainFailure } from './failure-words.ts'
import { example, inBoth } from './help.ts'
import { localTime, standardOutput as output, table } from './output.ts'

interface Act {
  readonly reason: string
  readonly as?: string
  readonly json?: true
}

export function failedCommand(program: Command): void {
  const failed = program
    .command('failed')
    .summary('Những gì chưa chuyển được, vì sao. What could not be staged, and why.')
    .description(
      inBoth(
        'Thông điệp đủ điều kiện mà chưa vào kho được. Tệp chưa lấy được không giữ văn bản lại: xem chidao files. Dịch vụ tự thử lại; lệnh này cho xem vì sao, thử lại ngay, hoặc thôi không chuyển nữa.',
        'Eligible messages that are not in the store yet. A file that could not be fetched holds nothing up: see chidao files. The service tries again by itself; this shows why, tries at once, or settles that one is not to be staged.',
      ),
    )
    .addHelpText(
      'after',
      example(
        'chidao failed list',
        'chidao failed retry --all --reason "nguồn đã chạy lại"',
        'chidao failed discard ID --reason "nguồn đã gửi bản khác" --yes',
      ),
    )

  failed
    .command('list', { isDefault: true })
    .summary('Danh sách, hạn gần nhất trước. Nearest deadline first.')
    .description(
      inBoth(
        'Mỗi dòng: nguồn, số/ký hiệu, hạn phân loại, số lần thử, lần thử tới, lý do. Mã thoát 3 nếu danh sách không rỗng.',
        'Each line: source, code, legal deadline, attempts, the next one, and why. Ends with 3 unless the list is empty.',
      ),
    )
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao failed list --json'))
    .action(list)

  failed
    .command('retry')
    .argument('[id...]', 'các dòng / the rows')
    .summary('Thử lại ngay. Try again at once.')
    .description(
      inBoth(
        'Các dòng đã chọn đến hạn thử lại ngay; dịch vụ đang chạy sẽ thử. Thử lại không gây hại gì. Người, lúc và lý do được ghi vào lịch sử.',
        'Makes the chosen rows due now, for the running service. Trying again does no harm. Who, when and why go into the history.',
      ),
    )
    .option('--all', 'tất cả / all of them')
    .requiredOption('--reason <text>', 'vì sao, ghi vào lịch sử / why; goes into the history')
    .option('--as <name>', 'người thực hiện / who acts')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao failed retry --all --reason "nguồn đã chạy lại"'))
    .action(retry)

  failed
    .command('discard')
    .argument('<id...>', 'các dòng / the rows')
    .summary('Thôi không chuyển nữa. Settle that these are not to be staged.')
    .description(
      inBoth(
        'Dòng được coi là đã giải quyết và không thử lại nữa; người, lúc và lý do được ghi vào lịch sử, và lượt đọc vẫn cân đối. Phiên bản khác ở nguồn là thông điệp mới và được chuyển như thường. Văn bản đã chuyển trước đó không đổi. Cũng dùng được cho một lần gửi bị nguồn từ chối, và cho một nội dung ghi chưa được nhận. Phải có --yes; xem trước bằng --dry-run.',
        'The row counts as settled and is not tried again; who, when and why go into the history, and its reading still balances. Another version at the source is a new message, and staged as ever. What was staged before stays as it is. A send that its source rejected, and an entry that was not admitted, can be settled so as well. Needs --yes; look first with --dry-run.',
      ),
    )
    .requiredOption('--reason <text>', 'vì sao, ghi vào lịch sử / why; goes into the history')
    .option('--dry-run', 'chỉ cho xem / only show')
    .option('--yes', 'không hỏi lại / do not ask')
    .option('--as <name>', 'người thực hiện / who acts')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao failed discard ID --reason "…" --dry-run'))
    .action(discard)
}

async function list({ json }: { json?: true }): Promise<void> {
  await using opened = await openTrackingStore(readConfig('optional'), 'guest')
  const rows = await opened.store.overview.failed(1000)
  if (rows.length > 0) process.exitCode = 3
  if (json) return output.json(rows)
  if (rows.length === 0) return output.line('Không có gì bị lỗi. Nothing has failed.')
  output.line(
    table(
      ['id', 'nguồn', 'số/ký hiệu', 'hạn phân loại', 'lần thử', 'thử lại lúc', 'vì sao'],
      rows.map((row) => [
        String(row.id),
        String(row.source),
        String(row.code ?? '–'),
        localTime(row.classifyBy as Date),
        String(row.attempts),
        localTime(row.dueAt as Date),
        explainFailure(row.failure as string | null),
      ]),
    ),
  )
}

async function retry(ids: string[], asked: Act & { all?: true }, command: Command): Promise<void> {
  const { all, json } = asked
  if (ids.length === 0 && !all)
    command.error('error: cho biết id hoặc --all / give ids or --all', { exitCode: 2 })
  const by = saidBy('retry', asked)
  const config = readConfig('optional')
  const at = (config.clock ? parseClock(config.clock) : wallClock).now()
  await using opened = await openTrackingStore(config, 'guest')
  const retried = await opened.store.failures.retry(all ? null : ids, by, at)
  if (!all && retried < ids.length) process.exitCode = 1
  if (json) return output.json({ retried, ...by })
  output.line(`${retried} dòng sẽ được thử lại ngay. ${retried} rows are due now.`)
}

async function discard(
  ids: string[],
  asked: Act & { yes?: true; dryRun?: true },
  command: Command,
): Promise<void> {
  const { dryRun, json } = asked
  mustBeConfirmed(
    'discard',
    asked,
    command,
    'thêm --yes để xác nhận, hoặc --dry-run để xem trước. These will not be staged: add --yes, or look first with --dry-run.',
  )
  const by = saidBy('discard', asked)
  const config = readConfig('optional')
  const at = (config.clock ? parseClock(config.clock) : wallClock).now()
  await using opened = await openTrackingStore(config, 'guest')
  const { store } = opened
  const rows = await store.failures.discardable(ids)
  // What was not confirmed is for `replies settle`: whether it arrived is another question.
  const sends = await chosen(store, 'sendRejected', ids, at)
  const written = await chosen(store, 'notAdmitted', ids, at)
  const known = new Set([...rows, ...sends, ...written].map(({ id }) => id))
  const unknown = ids.filter((id) => !known.has(id))
  if (unknown.length > 0)
    throw new Explained(
      `Không có dòng ${unknown.join(', ')} đang chờ; chưa làm gì cả. Nothing that waits has this id, and nothing was done; see: chidao failed list`,
    )
  if (dryRun) return show(rows, sends, written, json === true)

  const discarded: string[] = []
  for (const { id } of rows) if (await store.failures.discard(id, by, at)) discarded.push(id)
  for (const { id } of sends)
    if (await store.outbox.settleByHand(id, 'settled', by.actor, by.reason, at)) discarded.push(id)
  for (const { id } of written) if (await store.writings.settle(id, by, at)) discarded.push(id)
  if (json) return output.json({ discarded, ...by })
  output.line(`Đã giải quyết ${discarded.length} dòng. ${discarded.length} rows are settled.`)
}

async function chosen(
  store: Store,
  kind: 'sendRejected' | 'notAdmitted',
  ids: readonly string[],
  at: Date,
): Promise<Attention[]> {
  const waiting = await store.attention.list({ at, kinds: [kind] }, { limit: 100_000 })
  return waiting.filter(({ id }) => ids.includes(id))
}

function show(
  rows: readonly FailedRow[],
  sends: readonly Attention[],
  written: readonly Attention[],
  json: boolean,
): void {
  const named = ({ id, source, code, cause }: Attention) => ({ id, source, code, cause })
  const sent = sends.map(named)
  const entries = written.map(named)
  if (json) {
    output.json({ dryRun: true, stagings: rows, sends: sent, entries })
    return
  }
  output.line('Sẽ được coi là đã giải quyết / Would count as settled:')
  output.line(
    table(
      ['id', 'nguồn', 'số/ký hiệu', 'vì sao'],
      [
        ...[...rows, ...sent].map((row) => [...nameOf(row), explainFailure(row.cause)]),
        ...written.map((row) => [...nameOf(row), explainAttention(row)]),
      ],
    ),
  )
}

function nameOf({ id, source, code }: Pick<FailedRow, 'id' | 'source' | 'code'>): string[] {
  return [id, source, code ?? '–']
}
