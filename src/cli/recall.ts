import type { Command } from 'commander'
import { parseClock, wallClock } from '../domain/clock.ts'
import { Explained } from '../domain/errors.ts'
import type { Found } from '../store/overview.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { mustBeConfirmed, saidBy } from './actor.ts'
import { example, inBoth } from './help.ts'
import { localTime, standardOutput as output, table } from './output.ts'

interface Asked {
  readonly reason: string
  readonly authority: string
  readonly undo?: true
  readonly yes?: true
  readonly dryRun?: true
  readonly as?: string
  readonly json?: true
}

export function recallCommand(program: Command): void {
  program
    .command('recall')
    .argument('<codeOrRef>', 'số/ký hiệu, mã nguồn hoặc id / code, source reference or id')
    .summary('Thu hồi một văn bản mà nguồn không báo. Recall one that its source does not.')
    .description(
      inBoth(
        'Như khi chính nguồn thu hồi: thời hạn dừng, mọi nơi hiện là đã thu hồi, lịch sử còn nguyên; các bản trùng qua nguồn khác cũng vậy. Nguồn còn liệt kê văn bản thì vẫn là đã thu hồi. --undo lấy lại một lần thu hồi bằng tay; thu hồi của nguồn thì nguồn hoặc Văn phòng trả lời. Không phải xóa: văn bản mật thì dùng "chidao purge". Phải có --yes; xem trước bằng --dry-run.',
        'As when its source recalls it: the clocks stop, every view shows it as recalled, history stays; and so with the copies that came through other sources. A source that goes on listing it changes nothing. --undo takes a recall by hand back; what a source recalled, that source or the Office answers. This removes nothing: for what is secret there is "chidao purge". Needs --yes; look first with --dry-run.',
      ),
    )
    .requiredOption('--reason <text>', 'vì sao, ghi vào lịch sử / why; goes into the history')
    .requiredOption(
      '--authority <text>',
      'căn cứ (văn bản hoặc ý kiến, có chữ và số) / by whose decision, with a number or a date',
    )
    .option('--undo', 'lấy lại / take a recall by hand back')
    .option('--dry-run', 'chỉ cho xem / only show')
    .option('--yes', 'không hỏi lại / do not ask')
    .option('--as <name>', 'người thực hiện / who acts')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText(
      'after',
      example(
        'chidao recall 780/UBND-NNMT --reason "ban hành nhầm" --authority "CV 12/VP-TH" --yes',
      ),
    )
    .action(recall)
}

async function recall(asked: string, options: Asked, command: Command): Promise<void> {
  const { undo = false, dryRun, json } = options
  const act = undo ? 'undoRecall' : 'recall'
  mustBeConfirmed(
    act,
    options,
    command,
    'thêm --yes để xác nhận, hoặc --dry-run để xem trước. This stops the clocks of a directive: add --yes, or look first with --dry-run.',
  )
  const by = saidBy(act, options)
  const config = readConfig('optional')
  const at = (config.clock ? parseClock(config.clock) : wallClock).now()
  await using opened = await openTrackingStore(config, 'guest')
  const { overview, recalls } = opened.store
  const copies = one(await overview.find(asked))
  const { id, code, recalledAt, recalledByHand } = copies[0]!
  if (undo && recalledAt && !recalledByHand)
    throw new Explained(
      `Nguồn đã thu hồi ${code}; Văn phòng trả lời yêu cầu đó. ${code} was recalled by its source: the Office answers that, or the source takes it back.`,
    )
  if (dryRun) {
    if (json) return output.json({ dryRun: true, undo, directives: copies })
    output.line(undo ? 'Sẽ lấy lại / Would be taken back:' : 'Sẽ thu hồi / Would be recalled:')
    return output.line(
      table(
        ['số/ký hiệu', 'nguồn', 'đã thu hồi', 'id'],
        copies.map((copy) => [copy.code, copy.source, localTime(copy.recalledAt), copy.id]),
      ),
    )
  }
  const changed = await (undo ? recalls.undo(id, by, at) : recalls.recall(id, by, at))
  if (json) return output.json({ id, code, recalled: !undo, changed, ...by })
  if (!changed)
    return output.line(
      undo
        ? `${code} không bị thu hồi. ${code} was not recalled.`
        : `${code} đã thu hồi từ trước. ${code} was recalled before.`,
    )
  output.line(
    undo
      ? `Thời hạn của ${code} chạy tiếp. The clocks of ${code} run on.`
      : `Đã thu hồi ${code}; thời hạn đã dừng. ${code} is recalled; its clocks have stopped.`,
  )
}

/** Copies of one document through several sources are one; several documents are not. */
function one(found: readonly Found[]): readonly Found[] {
  if (found.length === 0)
    throw new Explained(
      'Không có văn bản nào như vậy trong kho. Nothing in the store goes by this code, reference or id.',
    )
  if (new Set(found.map(({ document }) => document)).size > 1)
    throw new Explained(
      `Có nhiều văn bản như vậy; hãy ghi id. Several go by it, give the id of one: ${found.map(({ id, source, issuedOn }) => `${id} (${source}, ${issuedOn})`).join(', ')}`,
      2,
    )
  return found
}
