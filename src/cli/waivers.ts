import type { Command } from 'commander'
import { parseClock, wallClock } from '../domain/clock.ts'
import { Explained } from '../domain/errors.ts'
import type { Waiver, WaiverScope } from '../store/waivers.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { mustBeConfirmed, saidBy } from './actor.ts'
import { example, inBoth } from './help.ts'
import { localTime, standardOutput as output, table } from './output.ts'
import { endOfPause } from './pause.ts'

interface Asked {
  readonly resync?: string
  readonly for?: string
  readonly until?: string
  readonly reason?: string
  readonly yes?: true
  readonly as?: string
  readonly json?: true
}

export function waiversCommand(program: Command): void {
  const waivers = program
    .command('waivers')
    .summary('Không chờ một nguồn. Sources that are not waited for.')
    .description(
      inBoth(
        'Yêu cầu đọc lại, lần đọc đầu của một nguồn, và tiến trình vừa khởi động khi có trục liên thông đều chờ đọc được các nguồn khác, vì nguồn khác có thể ghi là mật điều nguồn này ghi là thường. Khi nguồn kia hỏng lâu, quản trị viên có thể cho phép không chờ nó: đúng một yêu cầu hoặc một nguồn, có lý do, có lúc kết thúc.',
        'A resync, the first reading of a source, and a process that has just started beside an axis wait until the other sources were read, which may call secret what this one calls ordinary. Where one stays away, an administrator may let it not be waited for: by one request or one source, with a reason and an end.',
      ),
    )
    .addHelpText(
      'after',
      example(
        'chidao waivers',
        'chidao waivers give truc-vxp --for qlvb-tinh --until 1d --reason "trục bảo trì, CV 12/VP-TH" --yes',
      ),
    )

  waivers
    .command('list', { isDefault: true })
    .summary('Đang chờ ai, và đang không chờ ai. Who waits for whom, and who is waived.')
    .description(
      inBoth(
        'Lượt đọc và yêu cầu đang chờ nguồn nào, từ lúc nào; và nguồn nào được phép không chờ, đến lúc nào, ai cho phép, vì sao. Mã thoát 3 nếu có gì đang chờ.',
        'Which readings and requests wait for which source, since when; and which source is waived, until when, by whom and why. Ends with 3 if something waits.',
      ),
    )
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao waivers list --json'))
    .action(list)

  waivers
    .command('give')
    .argument('<source>', 'nguồn không phải chờ / the source that is not waited for')
    .summary('Cho phép không chờ một nguồn. Let one not be waited for.')
    .description(
      inBoth(
        'Chỉ cho một yêu cầu đọc lại (--resync) hoặc cho các lượt đọc của một nguồn (--for), đến lúc đã định, dài nhất 31 ngày. Điều mà chỉ nguồn được miễn chờ ghi là mật thì đến khi đọc lại nó mới biết. Người, lúc và lý do được ghi vào lịch sử. Phải có --yes.',
        'For one resync (--resync) or for the readings of one source (--for), until the given time, 31 days at most. What the waived source alone calls secret is known only when it is read again. Who, when and why go into the history. Needs --yes.',
      ),
    )
    .option('--resync <id>', 'yêu cầu đang chờ / the request that waits')
    .option('--for <source>', 'nguồn có lượt đọc đang chờ / the source whose readings wait')
    .requiredOption('--until <when>', 'đến khi nào / the end')
    .requiredOption('--reason <text>', 'vì sao, ghi vào lịch sử / why; goes into the history')
    .option('--yes', 'không hỏi lại / do not ask')
    .option('--as <name>', 'người thực hiện / who acts')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText(
      'after',
      example(
        'chidao waivers give truc-vxp --for qlvb-tinh --until 1d --reason "trục bảo trì" --yes',
      ),
    )
    .action(give)

  waivers
    .command('end')
    .argument('<id>', 'xem "waivers list" / the waiver')
    .summary('Chờ nguồn đó trở lại. Wait for it again.')
    .description(
      inBoth(
        'Từ nay lại phải chờ đọc được nguồn đó. Người, lúc và lý do được ghi vào lịch sử.',
        'From now on it is waited for again. Who, when and why go into the history.',
      ),
    )
    .requiredOption('--reason <text>', 'vì sao, ghi vào lịch sử / why; goes into the history')
    .option('--as <name>', 'người thực hiện / who acts')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao waivers end ID --reason "trục đã chạy lại"'))
    .action(end)
}

async function list({ json }: Asked): Promise<void> {
  const { config, at } = settings()
  await using opened = await openTrackingStore(config, 'guest')
  const { waivers } = opened.store
  const [waiting, inForce] = await Promise.all([waivers.waiting(), waivers.inForce(at)])
  if (waiting.length > 0) process.exitCode = 3
  if (json) return output.json({ waiting, waivers: inForce })
  if (waiting.length + inForce.length === 0)
    return output.line('Không có gì đang chờ. Nothing waits, and no source is waived.')
  if (waiting.length > 0)
    output.line(
      table(
        ['đang chờ', 'chờ nguồn', 'từ lúc'],
        waiting.map(({ source, waitsFor, resyncId, since }) => [
          resyncId === null ? source : `${source}, resync ${resyncId}`,
          waitsFor,
          localTime(since),
        ]),
      ),
    )
  if (inForce.length > 0)
    output.line(
      table(
        ['id', 'không chờ nguồn', 'cho', 'đến', 'người', 'vì sao'],
        inForce.map((one) => [
          one.id,
          one.source,
          scopeWords(one),
          localTime(one.until),
          one.actor,
          one.reason,
        ]),
      ),
    )
}

export function scopeWords({ resyncId, readingOf }: Pick<Waiver, 'resyncId' | 'readingOf'>) {
  return resyncId === null ? (readingOf ?? '') : `resync ${resyncId}`
}

async function give(source: string, asked: Asked, command: Command): Promise<void> {
  const scope = scopeOf(asked, command)
  mustBeConfirmed(
    'waive',
    asked,
    command,
    'thêm --yes để xác nhận. Add --yes to confirm: what the waived source alone calls secret may be shown until it is read again.',
  )
  const { config, at } = settings()
  const until = endOfPause(asked.until ?? '', at)
  const by = saidBy('waive', asked)
  await using opened = await openTrackingStore(config, 'guest')
  const id = await opened.store.waivers.give(source, scope, { until, ...by }, at)
  if (id === null)
    throw new Explained(
      'Không có nguồn này, hoặc yêu cầu hay nguồn kia không có hay là chính nó. There is no such source, or what is to go on without it does not exist or is its own; see: chidao waivers',
      2,
    )
  if (asked.json) return output.json({ id, source, ...scope, until, ...by })
  output.line(
    `Không chờ ${source} đến ${localTime(until)}. ${source} is not waited for until ${localTime(until)}. Chờ lại sớm hơn / end it sooner: chidao waivers end ${id} --reason "…"`,
  )
}

function scopeOf({ resync, for: readingOf }: Asked, command: Command): WaiverScope {
  if (resync !== undefined && readingOf === undefined) return { resyncId: resync }
  if (readingOf !== undefined && resync === undefined) return { readingOf }
  return command.error(
    'error: cho biết --resync ID hoặc --for NGUỒN / give either --resync or --for: what is to go on without it',
    { exitCode: 2 },
  )
}

async function end(id: string, asked: Asked): Promise<void> {
  const { config, at } = settings()
  const by = saidBy('endWaiver', asked)
  await using opened = await openTrackingStore(config, 'guest')
  if (!(await opened.store.waivers.end(id, by, at)))
    throw new Explained(
      'Không có cho phép nào như vậy đang hiệu lực. No such waiver is in force; see: chidao waivers',
    )
  if (asked.json) return output.json({ ended: id, ...by })
  output.line('Từ nay lại chờ nguồn đó. It is waited for again.')
}

function settings() {
  const config = readConfig('optional')
  return { config, at: (config.clock ? parseClock(config.clock) : wallClock).now() }
}
