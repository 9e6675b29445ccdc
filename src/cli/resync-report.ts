import type { Plan, Resync } from '../store/resyncs.ts'
import { localTime, standardOutput as output, table } from './output.ts'

/** Percentage of its windows, and documents per second since it was asked for. */
function progressOf({ windows, windowsDone, seen, askedAt, endedAt }: Resync) {
  const seconds = ((endedAt ?? new Date()).getTime() - askedAt.getTime()) / 1000
  return {
    percent: Math.floor((windowsDone / windows) * 100),
    perSecond: seconds > 0 ? Math.round((seen / seconds) * 10) / 10 : null,
  }
}

export function showResync(resync: Resync, json: boolean): void {
  const { plan } = resync
  if (plan ? plan.undecided > 0 : resync.undecided > 0) process.exitCode = 3
  if (json) output.json(plan ? resync : { ...resync, ...progressOf(resync) })
  else if (plan) showPlan(resync, plan)
  else showRepair(resync)
}

function showRepair(resync: Resync): void {
  const { source, from, until, id } = resync
  output.line(`Yêu cầu / resync  ${id}`)
  output.line(
    `  ${source}, ${from} … ${until}, ${stateWords[resync.state]}, ${progressOf(resync).percent} %`,
  )
  const counts: [string, number][] = [
    ['thấy / seen', resync.seen],
    ['mới / new', resync.staged],
    ['đổi / changed', resync.updated],
    ['như cũ / unchanged', resync.unchanged],
    ['thu hồi / recalled', resync.recalled],
    ['chưa đủ điều kiện đồng bộ / not eligible', resync.notEligible],
    ['chưa đọc được / undecided', resync.undecided],
    ['yêu cầu gửi tới nguồn / requests', resync.requests],
    ['dòng đã ghi / rows written', resync.rowsWritten],
  ]
  for (const [name, count] of counts) output.line(`  ${name.padEnd(42)} ${count}`)
  for (const line of waitLines(resync)) output.line(`  ${line}`)
  if (resync.state === 'due')
    output.line('Dịch vụ đang chạy sẽ thực hiện. The running service carries it out.')
}

/** For whom it waits and since when, and what a person may do about it. */
export function waitLines({ id, waitsFor }: Resync): string[] {
  return waitsFor.map(
    ({ source, since }) =>
      `Đang chờ nguồn ${source} từ ${localTime(new Date(since))}. Waits for ${source}, which may call secret what this one does not: chidao check, or chidao waivers give ${source} --resync ${id} --until 1d --reason "…" --yes`,
  )
}

function showPlan({ id, source, from, until }: Resync, plan: Plan): void {
  output.line(`Kế hoạch / plan  ${id}`)
  output.line(`  ${source}, ${from} … ${until}`)
  const counts: [string, number][] = [
    ['thấy / seen', plan.seen],
    ['mới / new', plan.new],
    ['  đã quá hạn / past their deadline', plan.overdue],
    ['  hạn trong một ngày / due within a day', plan.atRisk],
    ['đổi / changed', plan.changed],
    ['như cũ / unchanged', plan.unchanged],
    ['thu hồi / recalled', plan.recalled],
    ['không còn ở nguồn / vanished', plan.vanished],
    ['không còn đủ điều kiện / no longer eligible', plan.noLongerEligible],
    ['chưa đủ điều kiện đồng bộ / not eligible', plan.notEligible],
    ['chưa đọc được / undecided', plan.undecided],
    ['ước số yêu cầu / estimated requests', plan.estimatedRequests],
    ['ước số giây / estimated seconds', plan.estimatedSeconds],
  ]
  for (const [name, count] of counts) output.line(`  ${name.padEnd(46)} ${count}`)
  output.line(`Thực hiện / carry it out: chidao resync ${source} --plan ${id}`)
}

export function listResyncs(resyncs: readonly Resync[], json: boolean): void {
  if (json) output.json(resyncs.map((one) => ({ ...one, ...progressOf(one) })))
  else if (resyncs.length === 0) output.line('Chưa có yêu cầu nào. There are none yet.')
  else output.line(tableOf(resyncs))
}

function tableOf(resyncs: readonly Resync[]): string {
  return table(
    ['id', 'nguồn', 'loại', 'từ', 'đến', 'lúc', 'người', 'trạng thái', 'chờ nguồn', '%'],
    resyncs.map((one) => [
      one.id,
      one.source,
      one.kind === 'plan' ? 'kế hoạch' : 'sửa',
      one.from,
      one.until,
      localTime(one.askedAt),
      one.actor,
      stateWords[one.state],
      one.waitsFor
        .map(({ source, since }) => `${source} (${localTime(new Date(since))})`)
        .join(', ') || '–',
      one.kind === 'plan' ? '–' : String(progressOf(one).percent),
    ]),
  )
}

const stateWords = {
  due: 'chờ / waiting',
  running: 'đang chạy / running',
  paused: 'TẠM DỪNG / PAUSED',
  stopped: 'đã dừng / stopped',
  done: 'xong / done',
} as const
