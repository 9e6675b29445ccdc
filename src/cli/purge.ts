import type { Command } from 'commander'
import { parseClock, wallClock } from '../domain/clock.ts'
import { Explained } from '../domain/errors.ts'
import { purgeByHand } from '../flow/purge.ts'
import { openLog } from '../log.ts'
import type { Purgeable } from '../store/purging.ts'
import { openFiles, openTrackingStore, readConfig } from '../wiring.ts'
import { mustBeConfirmed, saidBy } from './actor.ts'
import { example, inBoth } from './help.ts'
import { standardOutput as output, table } from './output.ts'
import { scrubBoth } from './scrub.ts'

interface Asked {
  readonly authority?: string
  readonly scrub?: true
  readonly yes?: true
  readonly dryRun?: true
  readonly as?: string
  readonly json?: true
}

export function purgeCommand(program: Command): void {
  program
    .command('purge')
    .argument('[idCodeOrRef]', 'id, số/ký hiệu hoặc mã của nguồn / id, code or source reference')
    .summary('Xóa hẳn một văn bản khỏi kho. Remove a directive for good.')
    .description(
      inBoth(
        'Xóa văn bản cùng các bản trùng (cùng số, ký hiệu, ngày ban hành lệch không quá một ngày), mọi lần cập nhật, nhiệm vụ, trả lời, tệp và khóa của tệp; không lấy lại được. Chỉ còn lại một mã ngẫu nhiên, thời điểm, người thực hiện, căn cứ và số lượng. Sửa độ mật ở nguồn trước: nếu nguồn vẫn ghi là văn bản thường thì lần đọc sau sẽ chuyển lại vào kho. Bản sao lưu của kho không bị đụng tới. Văn bản đang giữ lại chỉ gọi bằng id, xem "chidao withheld". Phải có --yes; xem trước bằng --dry-run.',
        'Removes the directive with its copies (of its number, dated within a day of it), every revision, task, reply, file and the keys of the files; nothing brings them back. What remains is a random id, the time, who, by what authority, and counts. Correct the degree at the source first: while the source calls it ordinary, the next reading stages it again. Backups of the store are not touched. What is withheld goes by its id alone, see "chidao withheld". Needs --yes; look first with --dry-run.',
      ),
    )
    .option(
      '--authority <text>',
      'căn cứ (văn bản hoặc ý kiến, có chữ và số), ghi lại vĩnh viễn / by whose decision, with a number or a date; it stays',
    )
    .option(
      '--scrub',
      'xóa cả dấu vết trong tệp của Postgres, sau khi đã xóa văn bản; cần tài khoản quản trị, dịch vụ dừng / remove the traces in the files of Postgres too, after purging; needs a superuser and a stopped service',
    )
    .option('--dry-run', 'chỉ cho xem / only show')
    .option('--yes', 'không hỏi lại / do not ask')
    .option('--as <name>', 'người thực hiện / who acts')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText(
      'after',
      example(
        'chidao purge 780/UBND-NNMT --dry-run --authority "CV 12/VP-TH"',
        'chidao purge 780/UBND-NNMT --yes --authority "CV 12/VP-TH"',
        'chidao purge --scrub --yes',
      ),
    )
    .action(purge)
}

async function purge(asked: string | undefined, options: Asked, command: Command): Promise<void> {
  const { dryRun, json, scrub } = options
  mustBeConfirmed(
    'purge',
    options,
    command,
    'thêm --yes để xác nhận, hoặc --dry-run để xem trước. Nothing brings back what is purged: add --yes, or look first with --dry-run.',
  )
  if ((asked === undefined) !== (scrub ?? false))
    throw new Explained(
      'Ghi văn bản phải xóa, hoặc --scrub. Say which directive must go, or --scrub, and not both.',
      2,
    )
  if (asked === undefined) return scrubBoth(options)
  if (options.authority === undefined)
    throw new Explained('Thiếu --authority. By whose decision: give --authority "…".', 2)
  const by = saidBy('purge', options)
  const config = readConfig('optional')
  await using opened = await openTrackingStore(config, 'guest')
  const { store } = opened
  const directive = only(await store.purging.named(asked))
  if (dryRun) return json ? output.json({ dryRun: true, ...directive }) : print(directive)

  const id = await purgeByHand(
    {
      store,
      files: await openFiles(config),
      clock: config.clock ? parseClock(config.clock) : wallClock,
      log: openLog({ level: 'error' }),
    },
    directive.id,
    by,
  )
  if (id === null)
    throw new Explained(
      'Văn bản vừa được xóa bởi lệnh khác. It was removed by somebody else meanwhile; nothing is left to do.',
    )
  if (json) return output.json({ purged: id, ...by })
  output.line(`Đã xóa hẳn, mã ${id}. Purged, as ${id}.`)
}

/** Never the first of several: what is removed is named beyond doubt. What was asked for is not repeated. */
function only(found: readonly Purgeable[]): Purgeable {
  const [first, ...others] = found
  if (!first)
    throw new Explained(
      'Không có văn bản nào như vậy đang hiện trong kho; văn bản đang giữ lại chỉ gọi bằng id. The store holds nothing of this id, code or reference that is shown; what is withheld goes by its id alone: chidao withheld',
    )
  if (others.length > 0)
    throw new Explained(
      `Có ${found.length} văn bản như vậy; hãy ghi id. Several go by it, give the id of one: ${found.map(({ id, source }) => `${id} (${source})`).join(', ')}`,
      2,
    )
  return first
}

function print({ id, source, withheldBecause, ...counts }: Purgeable): void {
  output.line('Sẽ xóa hẳn / Would be removed for good:')
  output.line(
    table(
      ['id', 'nguồn', 'đang giữ lại', 'bản', 'tệp', 'nhiệm vụ', 'trả lời'],
      [
        [
          id,
          source,
          withheldBecause ?? 'không / no',
          ...[counts.copies, counts.files, counts.tasks, counts.replies].map(String),
        ],
      ],
    ),
  )
}
