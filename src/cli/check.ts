import { statSync } from 'node:fs'
import type { Command } from 'commander'
import { parseClock, wallClock } from '../domain/clock.ts'
import { localDateOf } from '../domain/local-date.ts'
import { answerWord } from '../log/answer-word.ts'
import { openDirectory } from '../ops/directory.ts'
import { queuePrefix } from '../queue/redis.ts'
import { openQueues } from '../queue.ts'
import { migrationStatus } from '../store/database.ts'
import { openTrackingStore, queueOf, readCalendarFile, readConfig } from '../wiring.ts'
import { coloured } from './colour.ts'
import { example, inBoth } from './help.ts'
import { memoryOnDisk, tellMemoryOnDisk } from './memory-on-disk.ts'
import { localTime, standardOutput as output } from './output.ts'
import { openProgress, type Progress } from './progress.ts'
import { rehearse } from './rehearsal/rehearsal.ts'

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
        'Kiểm tra cấu hình, tệp bí mật, lịch, kho, hàng đợi, nhật ký của máy chủ cơ sở dữ liệu và diễn tập với từng nguồn: hai trang danh sách, một chi tiết, một tệp (đọc rồi bỏ), một lần tra trả lời, đồng hồ; cổng quyết định thế nào, từng giá trị độ mật và độ khẩn gặp bao nhiêu lần. Không lưu, không xác nhận gì với nguồn. Chỗ nào của hồ sơ chưa khớp thì nêu đúng khóa phải sửa. Mã thoát 1 nếu có phần chưa đạt.',
        'Checks the configuration, the files of secrets, the calendar, the store, the queue and the database server’s log, and rehearses each source: two pages, one detail, one file (read and dropped), the look-up of a reply, its clock; what the gate decides, and how often each literal of secrecy and urgency stood there. Keeps nothing and acknowledges nothing. What of a profile does not fit is named by the key to change. Ends with 1 if any part fails.',
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
    const { slips } = config
    if (slips.length > 0)
      throw new Error(
        `${slips.length} chỗ phải sửa / to be corrected:${slips.map((slip) => `\n    - ${slip}`).join('')}`,
      )
    return `${config.sources.length} nguồn / sources`
  })
  const known = config as ReturnType<typeof readConfig> | null
  if (!known) return findings
  progress = openProgress({
    total: wholeParts + (known.ops.directory ? 1 : 0) + known.sources.length,
    quiet,
    env: known.env,
  })

  await attempt('tệp bí mật / secret files', async () => {
    const exposed = exposedFiles(known.secretFiles)
    if (exposed.length > 0)
      throw new Error(
        `ai trên máy này cũng đọc được ${exposed.join(', ')}; chmod o-r. Everybody on this machine can read them.`,
      )
    return `${known.secretFiles.length} tệp / files`
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
      const now = (known.clock ? parseClock(known.clock) : wallClock).now()
      const { slips, notes } = await rehearse(profile, known.env, now, !quiet)
      const listed = (lines: readonly string[]) => lines.map((line) => `\n    ${line}`).join('')
      // What was counted is for the terminal, and for no program that keeps it (docs/decisions/0032).
      const counted = quiet ? '' : listed(notes)
      if (slips.length > 0)
        throw new Error(
          `${slips.length} chỗ chưa khớp / do not fit:${listed(slips.map((slip) => `- ${slip}`))}${counted}`,
        )
      const insecure = profile.insecureTransport
        ? `; CẢNH BÁO: truyền không mã hóa theo / insecure transport by ${profile.insecureTransport.authority}`
        : ''
      const { secrecy } = profile.gate
      const absent =
        'absentMeansNormal' in secrecy
          ? `; không có trường độ mật, theo / no secrecy field, by ${secrecy.absentMeansNormal.authority}`
          : ''
      return `trả lời / answers; chuyển theo / transfers by ${profile.transferAuthority}${absent}${insecure}${counted}`
    })
  }
  progress.end()
  return findings
}

/** Where a container gets them, with the mode that they have outside; nobody else has an account in it. */
const ofContainers = '/run/secrets/'

function exposedFiles(paths: readonly string[]): string[] {
  return [...new Set(paths)].filter((path) => {
    const found = path.startsWith(ofContainers) ? null : statSync(path, { throwIfNoEntry: false })
    return found !== null && found !== undefined && (found.mode & 0o004) !== 0
  })
}

/** Configuration, secret files, calendar, store, queue, database log, memory on disk. */
const wholeParts = 7

/** What the queue says of itself, and nothing that it quotes. */
function wordOf(error: unknown): string {
  const word = answerWord(error) ?? (error as { code?: unknown }).code
  return typeof word === 'string' ? ` (${word})` : ''
}
