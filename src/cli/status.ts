import type { Command } from 'commander'
import type { Places } from '#connectors/connector.ts'
import { type Profile, placesOf } from '#connectors/index.ts'
import { sentencesOf } from '../alerts/wording.ts'
import { parseClock, wallClock } from '../domain/clock.ts'
import { localDateOf } from '../domain/local-date.ts'
import { type AttentionCounts, decidingOf, totalOf } from '../store/attention.ts'
import type { Completeness } from '../store/completeness.ts'
import type { SourceOverview } from '../store/overview.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { kindWords } from './attention-words.ts'
import { coloured } from './colour.ts'
import { explainFailure } from './failure-words.ts'
import { example, inBoth } from './help.ts'
import { localTime, standardOutput as output, table } from './output.ts'
import { scopeWords } from './waivers.ts'

export function statusCommand(program: Command): void {
  program
    .command('status')
    .summary('Tình trạng và việc cần xử lý. How things stand and what needs attention.')
    .description(
      inBoth(
        'Từng nguồn trả lời lần cuối khi nào và cho thấy gì; kho giữ bao nhiêu văn bản và tệp; thời hạn nào đang chạy, văn bản nào gần hạn nhất; trả lời nào chưa gửi được. Mã thoát 3 nếu có việc cần người xử lý, tức là danh sách của "chidao attention" có việc khác ngoài văn bản nguồn phát hành chậm: quá hạn phân loại, sắp hết hạn, thiếu toàn văn, cảnh báo đang kéo dài và mọi việc khác ở đó; --explain cho biết những loại việc nào, bao nhiêu, và lệnh nào mở chúng ra, hoặc chỉ số 0.',
        'When each source last answered and what it showed; how many directives and files the store holds; which deadlines run and which is nearest; which replies are not through. Ends with 3 if something needs a person, which is when the list of "chidao attention" has anything but what its source released late: what is overdue or soon due, what has no full text in time, alerts that last, and all else in it; --explain says which kinds, how many of each, and the command that opens them, or just 0.',
      ),
    )
    .option('--explain', 'vì sao mã thoát là 3 / what made the exit code 3')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao status', 'chidao status --explain'))
    .action(async ({ explain, json }: { explain?: true; json?: true }) => {
      const config = readConfig('optional')
      await using opened = await openTrackingStore(config, 'guest')
      const { overview, completeness } = opened.store
      const now = (config.clock ? parseClock(config.clock) : wallClock).now()
      const attention = await opened.store.attention.counts({
        at: now,
        near: config.alerts.nearHours,
      })
      const needsAttention = totalOf(attention)
      if (decidingOf(attention) > 0) process.exitCode = 3
      if (explain) return explained(attention, json === true)
      const complete = new Map<string, Completeness>()
      for (const { name, importFrom } of config.sources) {
        complete.set(name, await completeness.of(name, importFrom, localDateOf(now)))
      }
      const silentMs = await opened.store.rings.silentMs()
      const queueSilentSeconds = silentMs === null ? null : Math.round(silentMs / 1000)
      const [known, totals, files, replies, deadlines, paused, fuses, alerts, channels, forms] =
        await Promise.all([
          overview.sources(),
          overview.totals(),
          overview.files(),
          overview.wayBack(),
          overview.deadlines(now),
          opened.store.pauses.inForce(now),
          opened.store.fuses.open(),
          opened.store.alerts.list(now),
          opened.store.alerts.channels(),
          opened.store.formRefusals.risen(now),
        ])
      const waivers = await opened.store.waivers.inForce(now)
      const sources = known.map((source) => ({
        ...source,
        completeTo: complete.get(source.name)?.completeTo ?? null,
        filesCompleteTo: complete.get(source.name)?.filesCompleteTo ?? null,
        provable: provable(config.sources, source.name),
      }))
      const failed = attention.stagingFailed + attention.conflict + attention.messageDeferred
      const waiting = attention.withheld
      const withoutText = attention.withoutText
      const lasting = alerts.filter(({ endedAt }) => endedAt === null)
      const undelivered = channels.filter(({ failure, givenUp }) => failure !== null || givenUp > 0)
      if (json)
        return output.json({
          at: now,
          sources,
          totals,
          files,
          replies,
          deadlines,
          failed,
          withoutText,
          paused,
          waivers,
          withheld: waiting,
          fuses,
          alerts: lasting,
          undelivered,
          queueSilentSeconds,
          formRefused: forms,
          needsAttention,
          attention,
        })
      for (const { source, until, actor, reason } of paused)
        output.line(
          coloured(
            'bad',
            `TẠM DỪNG / PAUSED ${source} đến / until ${localTime(until)} (${actor}: ${reason}). Thời hạn vẫn tính. Legal clocks go on. chidao resume ${source} --reason "…"`,
          ),
        )
      for (const waiver of waivers)
        output.line(
          coloured(
            'bad',
            `KHÔNG CHỜ / NOT WAITED FOR ${waiver.source} (${scopeWords(waiver)}) đến / until ${localTime(waiver.until)} (${waiver.actor}: ${waiver.reason}): chidao waivers`,
          ),
        )
      for (const { source, kind, counted, outOf } of fuses)
        output.line(
          coloured(
            'bad',
            `CHỜ TRẢ LỜI / WAITS FOR AN ANSWER ${source} ${kind} ${counted} / ${outOf}: chidao fuses`,
          ),
        )
      for (const { channel, failure } of undelivered)
        output.line(
          coloured(
            'bad',
            `CẢNH BÁO CHƯA GỬI ĐƯỢC / ALERTS ARE NOT DELIVERED ${channel} (${failure ?? 'givenUp'}): chidao alerts test`,
          ),
        )
      if (queueSilentSeconds !== null)
        output.line(
          coloured(
            'bad',
            `HÀNG ĐỢI KHÔNG CHUYỂN VIỆC / THE QUEUE CARRIES NOTHING ${Math.ceil(queueSilentSeconds / 60)} phút / minutes. Việc chạy theo nhịp quét, chậm hơn. Work goes on by the sweep, less promptly: chidao check`,
          ),
        )
      if (lasting.length > 0)
        output.line(
          coloured(
            'attention',
            `Đang có ${lasting.length} cảnh báo. ${lasting.length} alerts last: chidao alerts`,
          ),
        )
      if (waiting > 0)
        output.line(
          coloured(
            'attention',
            `Đang giữ lại ${waiting} văn bản chờ người xem. ${waiting} withheld directives wait for a person: chidao withheld`,
          ),
        )
      output.line(coloured('title', 'Nguồn / Sources'))
      output.line(
        table(
          [
            'tên',
            'trả lời lần cuối',
            'thấy',
            'đủ điều kiện',
            'chưa đủ điều kiện đồng bộ',
            'chưa đọc được',
            'đầy đủ đến ngày',
            'cả tệp đến ngày',
            'sự cố',
          ],
          sources.map((source) => [
            source.name,
            localTime(source.lastAnswerAt),
            count(source.seen),
            count(source.allowed),
            count(source.notEligible),
            count(source.undecided),
            source.provable ? (source.completeTo ?? '–') : 'không chứng minh được',
            source.provable ? (source.filesCompleteTo ?? '–') : '–',
            troubleOf(source, placesAt(config.sources, source.name)),
          ]),
        ),
      )
      for (const { source, field, count } of forms)
        output.line(
          coloured(
            'attention',
            `Nguồn ${source}: ${count} văn bản chỉ vướng trường ${field} / kept out by the field ${field} alone: chidao attention list --kind formRefused`,
          ),
        )
      output.line(
        `\nKho / Store        đã chuyển ${totals.staged}, cập nhật ${totals.updated}, thu hồi ${totals.recalled}, hoãn ${totals.deferred}, lỗi ${totals.failed}`,
      )
      output.line(
        `Tệp / Files        đã có ${files.stored}, đang chờ ${files.waiting}, không dùng được ${files.unusable}, bị thay ${files.superseded}`,
      )
      output.line(
        `Trả lời / Replies  đã gửi ${replies.delivered}, chờ ${replies.pending}, bị từ chối ${replies.rejected}, chưa rõ ${replies.unconfirmed}`,
      )
      output.line(
        `Thời hạn / Due     đang chạy ${deadlines.open}, quá hạn phân loại ${deadlines.overdue}, phát hành chậm ${attention.releasedLate}, tìm thấy muộn ${attention.foundLate}, thiếu toàn văn ${withoutText}, chuyển chậm ${deadlines.stagedLate}`,
      )
      if (deadlines.next)
        output.line(
          `Gần nhất / Next    ${deadlines.next.code}  24:00 ${deadlines.next.deadlineDate}`,
        )
      output.line(
        needsAttention > 0
          ? coloured(
              'attention',
              `Cần xử lý ${needsAttention} việc. ${needsAttention} items need attention: chidao attention`,
            )
          : coloured('good', 'Không có việc cần xử lý. Nothing needs attention.'),
      )
    })
}

/** Each kind that made the exit code 3, with the command that opens it; just 0 where there is none. */
function explained(counts: AttentionCounts, json: boolean): void {
  const total = totalOf(counts)
  const states = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => ({
      ...{ kind, count, words: kindWords[kind as keyof AttentionCounts] },
      command: `chidao attention list --kind ${kind}`,
    }))
  if (json) {
    output.json({ total, states })
    return
  }
  output.line(String(total))
  for (const { count, words, command } of states)
    output.line(`${String(count).padStart(6)}  ${words}: ${command}`)
}

/** A queue-like source shows only what was not acknowledged: what it lost nobody can see. Others say it of themselves. */
function provable(sources: readonly Profile[], name: string): boolean {
  const profile = sources.find((source) => source.name === name)
  return profile?.kind === 'rest' && profile.can.reconcile !== 'none'
}

function placesAt(sources: readonly Profile[], name: string): Places {
  const profile = sources.find((source) => source.name === name)
  return profile ? placesOf(profile) : {}
}

/** What its last reading ran into; while it hangs, what the alert says. */
function troubleOf({ name, lastFailure, troubles }: SourceOverview, places: Places): string {
  const told = troubles.map(
    (trouble) => sentencesOf({ ...trouble, source: name, occasion: 'raised' }).vi,
  )
  return [...(lastFailure ? [explainFailure(lastFailure, places)] : []), ...told].join('; ') || '–'
}

function count(n: number | null): string {
  return n === null ? '–' : String(n)
}
