import type { Command } from 'commander'
import { connect } from '#connectors/index.ts'
import { localDateOf } from '../domain/local-date.ts'
import { openQueues } from '../queue.ts'
import { migrationStatus } from '../store/database.ts'
import { openTrackingStore, readCalendarFile, readConfig } from '../wiring.ts'
import { example } from './help.ts'
import { standardOutput as output } from './output.ts'

interface Finding {
  readonly what: string
  readonly ok: boolean
  readonly says: string
}

export function checkCommand(program: Command): void {
  program
    .command('check')
    .description(
      'Kiểm tra cấu hình, kho, hàng đợi, lịch, từng nguồn; nêu mọi vấn đề một lượt. Every problem at once.',
    )
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('CHIDAO_CONFIG=chidao.yaml chidao check'))
    .action(async ({ json }: { json?: true }) => {
      const findings = await check()
      if (findings.some((finding) => !finding.ok)) process.exitCode = 1
      if (json) return output.json({ ok: findings.every((finding) => finding.ok), findings })
      for (const { what, ok, says } of findings) output.line(`${ok ? '✓' : '✗'} ${what}: ${says}`)
    })
}

/** A failing part never hides the others: each is tried and told by itself. */
async function check(): Promise<Finding[]> {
  const findings: Finding[] = []
  const attempt = async (what: string, run: () => Promise<string>) => {
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

  await attempt('lịch / calendar', async () => {
    const { calendar } = readCalendarFile(known.calendarFile)
    const year = Number(localDateOf(new Date()).slice(0, 4))
    return `${calendar.version}; năm ${year} ${calendar.confirmedYears.has(year) ? 'chính thức / confirmed' : 'chưa chính thức / not confirmed'}`
  })
  await attempt('kho / store', async () => {
    await using opened = await openTrackingStore(known, 'guest')
    const { pending, applied } = await migrationStatus(opened.store.db)
    if (pending.length > 0)
      throw new Error(`${pending.length} migrations are pending. Run: chidao migrate`)
    await attempt('hàng đợi / queue', async () => {
      const place = known.queueUrl
        ? ({ kind: 'redis', url: known.queueUrl } as const)
        : ({ kind: 'postgres', url: opened.databases.storeUrl } as const)
      const queues = await openQueues(place)
      await queues.close()
      return place.kind
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
    return `${applied.length} migrations`
  })
  for (const profile of known.sources) {
    await attempt(`nguồn / source ${profile.name}`, async () => {
      const connector = connect(profile, known.env)
      try {
        const answer = await connector.probe()
        if (!answer.ok)
          throw new Error(
            `${answer.failure.operation}: ${answer.failure.word}. ${advice[answer.failure.word] ?? ''}`,
          )
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
      return `trả lời / answers; chuyển theo / transfers by ${profile.transferAuthority}${absent}${insecure}`
    })
  }
  return findings
}

const advice: Readonly<Record<string, string>> = {
  unreachable: 'Check its address and the network.',
  timeout: 'It did not answer in time: check the network, or raise limits.answerTimeoutMs.',
  unauthorized: 'It refused the credentials: check auth.',
  malformed:
    'Its answer is not what the profile describes: check the address and the list settings.',
  unavailable: 'It answers with a server error: ask its operators.',
  notFound: 'The list is not at this address: check baseUrl and list.path.',
}
