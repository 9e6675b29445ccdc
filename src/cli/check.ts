import type { Command } from 'commander'
import type { Answer } from '#connectors/connector.ts'
import { connect } from '#connectors/index.ts'
import { parseClock, wallClock } from '../domain/clock.ts'
import { localDateOf } from '../domain/local-date.ts'
import { answerWord } from '../log/answer-word.ts'
import { openDirectory } from '../ops/directory.ts'
import { queuePrefix } from '../queue/redis.ts'
import { openQueues } from '../queue.ts'
import { migrationStatus } from '../store/database.ts'
import { openTrackingStore, queueOf, readCalendarFile, readConfig } from '../wiring.ts'
import { coloured } from './colour.ts'
import { explainFailure } from './failure-words.ts'
import { example, inBoth } from './help.ts'
import { memoryOnDisk, tellMemoryOnDisk } from './memory-on-disk.ts'
import { localTime, standardOutput as output } from './output.ts'
import { pagesOf } from './page-check.ts'
import { openProgress, type Progress } from './progress.ts'
import { scopeAlone } from './scope-alone.ts'

interface Finding {
  readonly what: string
  readonly ok: boolean
  readonly says: string
}

export function checkCommand(program: Command): void {
  program
    .command('check')
    .summary('Kiểm tra cấu hình và các kết nối. Checks the configuration and connections.')
    .description(
      inBoth(
        'Kiểm tra cấu hình, lịch, kho, hàng đợi, nhật ký của máy chủ cơ sở dữ liệu và từng nguồn; nêu mọi vấn đề một lượt, kèm cách xử lý. Mã thoát 1 nếu có phần chưa đạt.',
        'Checks the configuration, the calendar, the store, the queue, the database server’s log and each source, and tells every problem at once with what to do. Ends with 1 if any part fails.',
      ),
    )
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('CHIDAO_CONFIG=chidao.yaml chidao check'))
    .action(async ({ json }: { json?: true }) => {
      const findings = await check(json ?? false)
      if (findings.some((finding) => !finding.ok)) process.exitCode = 1
      if (json) return output.json({ ok: findings.every((finding) => finding.ok), findings })
      for (const { what, ok, says } of findings)
        output.line(`${ok ? coloured('good', '✓') : coloured('bad', '✗')} ${what}: ${says}`)
    })
}

/** A failing part never hides the others: each is tried and told by itself. */
async function check(quiet: boolean): Promise<Finding[]> {
  const findings: Finding[] = []
  let progress: Progress | null = null
  const attempt = async (what: string, run: () => Promise<string>) => {
    progress?.at(findings.length, what)
    try {
      findings.push({ what, ok: true, says: await run() })
    } catch (error) {
      findings.push({ what, ok: false, says: (error as Error).message })
    }
  }

  let config: ReturnType<typeof readConfig> | null = null
  await attempt('cấu hình / configuration', async () => {
    config = readConfig('required')
    return `${config.sources.length} nguồn / sources`
  })
  const known = config as ReturnType<typeof readConfig> | null
  if (!known) return findings
  progress = openProgress({
    total: wholeParts + (known.ops.directory ? 1 : 0) + known.sources.length,
    quiet,
    env: known.env,
  })

  await attempt('lịch / calendar', async () => {
    const { calendar } = readCalendarFile(known.calendarFile)
    const year = Number(localDateOf(new Date()).slice(0, 4))
    return `${calendar.version}; năm ${year} ${calendar.confirmedYears.has(year) ? 'chính thức / confirmed' : 'chưa chính thức / not confirmed'}`
  })
  const paused = new Map<string, Date>()
  await attempt('kho / store', async () => {
    await using opened = await openTrackingStore(known, 'guest')
    const now = (known.clock ? parseClock(known.clock) : wallClock).now()
    for (const { source, until } of await opened.store.pauses.inForce(now))
      paused.set(source, until)
    const storeId = await opened.store.life.identity()
    const { pending, applied } = await migrationStatus(opened.store.db)
    if (pending.length > 0)
      throw new Error(`${pending.length} migrations are pending. Run: chidao migrate`)
    await attempt('hàng đợi / queue', async () => {
      const place = queueOf(known, opened.databases.storeUrl)
      const queues = await openQueues(place, storeId)
      try {
        await queues.probe()
      } catch (error) {
        throw new Error(
          `${place.kind}: không ghi và đọc lại được việc nào${wordOf(error)}; dịch vụ vẫn chạy nhưng chậm hơn. Nothing can be written to it and read back; the service works without it, less promptly: mend it, or correct QUEUE_URL.`,
          { cause: error },
        )
      } finally {
        await queues.close()
      }
      return place.kind === 'none'
        ? 'none'
        : `${place.kind}; đã ghi và đọc lại / written and read back${place.kind === 'redis' ? `; khóa / keys ${queuePrefix(storeId)}` : ''}`
    })
    await attempt('nhật ký máy chủ cơ sở dữ liệu / database log', async () => {
      const { rows } = await opened.store.db.raw(
        `select current_setting('log_min_error_statement') as errors, current_setting('log_statement') as statements`,
      )
      if (rows[0].errors !== 'panic' || rows[0].statements !== 'none') {
        throw new Error(
          'The server writes statements into its log, where a refused reply would remain. Set log_min_error_statement = panic and log_statement = none.',
        )
      }
      return 'không ghi câu lệnh / no statements are logged'
    })
    const inForce = await opened.store.calendars.versionInForce()
    return `${applied.length} migrations; lịch đang dùng / calendar in force ${inForce ?? '–'}; mã kho / store id ${storeId}`
  })
  await attempt('bộ nhớ trên đĩa / memory on disk', async () => {
    const found = tellMemoryOnDisk(await memoryOnDisk())
    return found === null
      ? 'không tráo đổi, không ngủ đông / no swap, no hibernation'
      : `CẢNH BÁO / WARNING: ${found}`
  })
  const { directory } = known.ops
  if (directory)
    await attempt('máy chủ tài khoản thư công vụ / directory', async () => {
      await openDirectory(directory).probe()
      const insecure = directory.insecureTransport
        ? `; CẢNH BÁO: mật khẩu truyền không mã hóa theo / passwords in clear by ${directory.insecureTransport}`
        : ''
      return `trả lời / answers${insecure}`
    })
  for (const profile of known.sources) {
    await attempt(`nguồn / source ${profile.name}`, async () => {
      const until = paused.get(profile.name)
      if (until)
        return `TẠM DỪNG đến ${localTime(until)}, không hỏi / PAUSED until then, not asked; chidao resume ${profile.name} --reason "…"`
      const connector = connect(profile, known.env)
      let pages = ''
      try {
        understood(await connector.probe())
        const now = (known.clock ? parseClock(known.clock) : wallClock).now()
        pages = await pagesOf(connector, profile, localDateOf(now), understood)
        if (!quiet) pages += await scopeAlone(connector, profile, localDateOf(now))
      } finally {
        await connector.close()
      }
      const insecure = profile.insecureTransport
        ? `; CẢNH BÁO: truyền không mã hóa theo / insecure transport by ${profile.insecureTransport.authority}`
        : ''
      const { secrecy } = profile.gate
      const absent =
        'absentMeansNormal' in secrecy
          ? `; không có trường độ mật, theo / no secrecy field, by ${secrecy.absentMeansNormal.authority}`
          : ''
      return `trả lời / answers; chuyển theo / transfers by ${profile.transferAuthority}${absent}${insecure}${pages}`
    })
  }
  progress.end()
  return findings
}

function understood<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value
  const { operation, word, setting } = answer.failure
  throw new Error(`${operation}: ${explainFailure(word, { [word]: setting })}.`)
}

/** Configuration, calendar, store, queue, database log, memory on disk. */
const wholeParts = 6

/** What the queue says of itself, and nothing that it quotes. */
function wordOf(error: unknown): string {
  const word = answerWord(error) ?? (error as { code?: unknown }).code
  return typeof word === 'string' ? ` (${word})` : ''
}
