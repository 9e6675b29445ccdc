import { setTimeout as pause } from 'node:timers/promises'
import { type Command, Option } from 'commander'
import { type Clock, parseClock, wallClock } from '../domain/clock.ts'
import { Explained } from '../domain/errors.ts'
import { localDateOf } from '../domain/local-date.ts'
import { planResync, SourceDidNotAnswer } from '../flow/planning.ts'
import { type Resync, WorldMoved } from '../store/resyncs.ts'
import { openApp, openTrackingStore, readConfig } from '../wiring.ts'
import { saidBy } from './actor.ts'
import { explainFailure } from './failure-words.ts'
import { example, inBoth, showsAsItsOwn } from './help.ts'
import { openProgress } from './progress.ts'
import { listResyncs, showResync, waitLines } from './resync-report.ts'
import { type AskedRange, scopeOf } from './resync-scope.ts'

interface Asked extends AskedRange {
  readonly dryRun?: true
  readonly plan?: string
  readonly wait?: true
  readonly reason?: string
  readonly as?: string
  readonly json?: true
}

const lookMs = 500
/** A service that is busy or restarts is not silent for so long. */
const silenceMs = 60_000
/** One that is starting has not swept yet. */
const startingMs = 15_000

export function resyncCommand(program: Command): void {
  const resync = program
    .command('resync')
    .summary('Hỏi lại nguồn và sửa sai khác. Ask a source again and repair the differences.')
    .description(
      inBoth(
        'Đọc lại một nguồn theo từng tuần và sửa mọi sai khác trong kho. Yêu cầu là một dòng trong kho, nên ghi được cả khi dịch vụ dừng; dịch vụ đang chạy thực hiện, văn bản mới vẫn đi trước. Không làm mất gì: văn bản không còn ở nguồn chỉ bị giữ lại chờ người xem. Tên nguồn đứng ngay sau resync; nguồn trùng tên với một lệnh bên dưới thì viết "resync start TÊN".',
        'Reads a source again, week by week, and repairs whatever differs in the store. The request is a row, so it can be made while the service is down; the running service carries it out, and new directives still go first. Nothing is destroyed: what the source no longer has is withheld for a person. The source stands right behind resync; one that is called like a command below is named by "resync start NAME".',
      ),
    )
    .addHelpText(
      'after',
      example(
        'chidao resync qlvb-tinh --since 2026-09-01 --dry-run --reason "kiểm tra"',
        'chidao resync qlvb-tinh --all --wait --reason "kiểm tra cuối quý"',
        'chidao resync pause ID --reason "nguồn đang bảo trì"',
      ),
    )

  const asking = resync
    .command('start', { isDefault: true })
    .argument('<source>', 'nguồn / the source')
    .summary('Yêu cầu đọc lại, hoặc lập kế hoạch. Ask for a resync, or for its plan.')
    .description(
      inBoth(
        'Chọn khoảng ngày ban hành, từng văn bản, hoặc tất cả. --dry-run chỉ đọc và đếm: bao nhiêu mới, đổi, như cũ, thu hồi, không còn ở nguồn, không còn đủ điều kiện, bao nhiêu thời hạn bị đe dọa, mất bao lâu. --plan ID thực hiện đúng kế hoạch đó, và từ chối nếu kho đã khác.',
        'Choose a range of issue dates, single documents, or everything. --dry-run only reads and counts: new, changed, unchanged, recalled, vanished, no longer eligible, deadlines at risk, and how long it would take. --plan ID carries out that plan, and refuses when the store is another by now.',
      ),
    )
    .option('--since <date>', 'từ ngày ban hành / from this issue date')
    .option('--until <date>', 'đến ngày ban hành / to this issue date')
    .option('--ref <ref...>', 'mã văn bản ở nguồn / references at the source')
    .option('--all', 'tất cả từ importFrom / everything since importFrom')
    .option('--thorough', 'đọc lại cả chi tiết của văn bản không đổi / read unchanged ones too')
    .option('--dry-run', 'chỉ lập kế hoạch / only plan')
    .option('--plan <id>', 'thực hiện kế hoạch này / carry out this plan')
    .option('--wait', 'chờ đến khi xong / wait for its end')
    .option(
      '--reason <text>',
      'vì sao, ghi vào lịch sử; với --plan thì lấy lý do của kế hoạch / why; goes into the history; that of the plan with --plan',
    )
    .option('--as <name>', 'người yêu cầu / who asks')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText(
      'after',
      example(
        'chidao resync qlvb-tinh --ref 51375 --wait --reason "nguồn đã sửa"',
        'chidao resync qlvb-tinh --plan ID',
      ),
    )
    .action((source: string, asked: Asked, command: Command) => start(source, asked, command))
  showsAsItsOwn(resync, asking)

  for (const [name, to, summary] of acts)
    resync
      .command(name)
      .argument('<id>', 'yêu cầu / the request')
      .summary(summary)
      .description(
        inBoth(
          'Khoảng ngày đang đọc sẽ được đọc xong trước. Người, lúc và lý do được ghi vào lịch sử.',
          'The window being read is finished first. Who, when and why go into the history.',
        ),
      )
      .requiredOption('--reason <text>', 'vì sao, ghi vào lịch sử / why; goes into the history')
      .option('--as <name>', 'người yêu cầu / who asks')
      .option('--json', 'một tài liệu JSON / one JSON document')
      .addHelpText('after', example(`chidao resync ${name} ID --reason "…"`))
      .action(async (id: string, { reason, as, json }: Asked & { reason: string }) => {
        const config = readConfig('optional')
        await using opened = await openTrackingStore(config, 'guest')
        const by = saidBy('resync', { reason, as })
        if (!(await opened.store.resyncs.set(id, to, by, clockOf(config.clock).now())))
          throw new Explained(
            `Không có yêu cầu ${id} ở trạng thái cho phép. No resync with this id can be told so now; list them with: chidao resync list`,
          )
        showResync((await opened.store.resyncs.one(id))!, json === true)
      })

  resync
    .command('show')
    .argument('<id>', 'yêu cầu / the request')
    .summary('Một yêu cầu: đến đâu, kết quả gì. How far one is, and what it did.')
    .description(
      inBoth(
        'Phần trăm, tốc độ, số yêu cầu gửi tới nguồn và số dòng đã ghi. Mã thoát 3 nếu còn mục chưa đọc được.',
        'Percentage, rate, what was asked of the source and how many rows were written. Ends with 3 if something could not be read.',
      ),
    )
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao resync show ID --json'))
    .action(async (id: string, { json }: Asked) => {
      await using opened = await openTrackingStore(readConfig('optional'), 'guest')
      showResync(found(await opened.store.resyncs.one(id), id), json === true)
    })

  resync
    .command('list')
    .summary('Các yêu cầu và kế hoạch. Requests and plans.')
    .description(
      inBoth(
        'Mới nhất trước: nguồn, khoảng ngày, trạng thái, bao nhiêu phần trăm.',
        'Newest first: source, range, state, and how far each is.',
      ),
    )
    .addOption(new Option('--limit <n>', 'bao nhiêu / how many').default('20'))
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao resync list'))
    .action(async ({ limit, json }: Asked & { limit: string }) => {
      await using opened = await openTrackingStore(readConfig('optional'), 'guest')
      listResyncs(await opened.store.resyncs.list(Number(limit) || 20), json === true)
    })
}

const acts = [
  ['pause', 'paused', 'Tạm dừng một yêu cầu. Pause one.'],
  ['resume', 'running', 'Tiếp tục một yêu cầu. Let one go on.'],
  ['stop', 'stopped', 'Dừng hẳn một yêu cầu. Stop one for good.'],
] as const

async function start(source: string, asked: Asked, command: Command): Promise<void> {
  const { json, wait, plan } = asked
  const config = readConfig('required')
  const profile = config.sources.find(({ name }) => name === source)
  if (!profile) {
    const names = config.sources.map(({ name }) => name).join(', ')
    command.error(`error: không có nguồn ${source} / no such source; configured: ${names}`, {
      exitCode: 2,
    })
  }
  const clock = clockOf(config.clock)
  const given =
    plan === undefined
      ? scopeOf(source, asked, profile.importFrom, localDateOf(clock.now()), command)
      : null
  if (plan !== undefined && narrowing.some((flag) => asked[flag] !== undefined))
    command.error(
      'error: --plan đã gồm khoảng ngày của nó / --plan brings its own range: leave out --since, --until, --ref, --all, --thorough and --dry-run',
      { exitCode: 2 },
    )
  // A plan was asked for with a reason, which serves again where it is carried out.
  const saidNow = plan === undefined || asked.reason !== undefined ? saidBy('resync', asked) : null
  await using opened = await openApp(config, { as: 'guest', clock })
  const { app } = opened
  const scope = given ?? (await request(() => app.store.resyncs.planned(plan!, source)))
  const by =
    saidNow ??
    saidBy('resync', {
      as: asked.as,
      reason: (await app.store.resyncs.one(plan!))?.reason ?? undefined,
    })
  if (asked.dryRun) {
    const world = await app.store.resyncs.world(scope)
    const progress = openProgress({ total: 1000, quiet: json === true, env: config.env })
    try {
      const made = await planResync(app, scope, (done, of) =>
        progress.at((done / of) * 1000, 'đọc nguồn / reading the source'),
      )
      const id = await app.store.resyncs.keepPlan(scope, made, world, by, clock.now())
      progress.end()
      return showResync(found(await app.store.resyncs.one(id), id), json === true)
    } catch (error) {
      progress.end()
      if (error instanceof SourceDidNotAnswer)
        throw new Explained(`${explainFailure(error.word)}\n${error.message}`)
      throw error
    }
  }
  const id = await request(() => app.store.resyncs.request(scope, by, clock.now(), plan ?? null))
  if (!wait) return showResync(found(await app.store.resyncs.one(id), id), json === true)
  const progress = openProgress({ total: 1000, quiet: json === true, env: config.env })
  const from = performance.now()
  let told = new Set<string>()
  for (;;) {
    const now = found(await app.store.resyncs.one(id), id)
    progress.at((now.windowsDone / now.windows) * 1000, `${now.seen} văn bản / documents`)
    const waiting = waitLines(now)
    for (const line of waiting) if (!told.has(line)) process.stderr.write(`chidao: ${line}\n`)
    told = new Set(waiting)
    if (now.state === 'done' || now.state === 'stopped') {
      progress.end()
      return showResync(now, json === true)
    }
    const hasWaited = performance.now() > from + startingMs
    if (hasWaited && (await app.store.isUnserved(Math.max(silenceMs, 5 * config.sweepMs)))) {
      progress.end()
      throw new Explained(
        `Không có dịch vụ nào đang chạy trên kho này; yêu cầu ${id} vẫn còn đó. No service runs on this store, so nobody carries the request out now. It stays: run chidao start, and look at it with: chidao resync show ${id}`,
      )
    }
    await pause(lookMs)
  }
}

const narrowing = ['since', 'until', 'ref', 'all', 'thorough', 'dryRun'] as const

async function request<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof WorldMoved)) throw error
    throw new Explained(
      'Kho đã khác lúc lập kế hoạch, hoặc kế hoạch không phải của nguồn này, hoặc chỉ gồm từng văn bản, hoặc đã thực hiện. The store has changed since the plan was made, or the plan is of another source, or of single documents (which are asked for with --ref), or was carried out already. Make a new one with --dry-run.',
    )
  }
}

function found(resync: Resync | null, id: string): Resync {
  if (resync) return resync
  throw new Explained(
    `Không có yêu cầu ${id}. No resync has this id; list them with: chidao resync list`,
  )
}

function clockOf(configured: string | null): Clock {
  return configured ? parseClock(configured) : wallClock
}
