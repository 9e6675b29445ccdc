import type { Command } from 'commander'
import { Option } from 'commander'
import { Explained } from '../domain/errors.ts'
import { readConfig } from '../wiring.ts'
import { coloured } from './colour.ts'
import { example, inBoth } from './help.ts'
import { standardOutput as output, table } from './output.ts'
import { openProgress } from './progress.ts'
import { isClean } from './selftest/counters.ts'
import { brokenPromises, reportTable } from './selftest/report.ts'
import type { StageOptions } from './selftest/stage.ts'
import type { Trial } from './selftest/trial.ts'

type Queue = StageOptions['queue']

interface Options {
  readonly seed: string
  readonly minutes: string
  readonly queue: Queue
  readonly faces?: true | string[]
  readonly json?: true
}

export function selftestCommand(program: Command): void {
  program
    .command('selftest')
    .summary('Tự kiểm tra khi có sự cố. The real service under seeded faults.')
    .description(
      inBoth(
        'Chạy dịch vụ thật (hai tiến trình) với nguồn mô phỏng, trên Postgres riêng trong một thư mục tạm, và gây sự cố theo hạt giống: tiến trình bị giết, bị treo, bị dừng, khởi động lại cùng lúc, không khởi động được, đồng hồ nhảy (nếu máy có libfaketime); Postgres ngừng, hết kết nối, bị khóa bảng, mất những giao dịch cuối, chuyển sang nơi khác; hàng đợi mất hoặc từ chối; nguồn trả lời sai. Sau đó để yên cho dịch vụ tự hồi phục rồi đối chiếu kho với những gì nguồn biết: mất, trùng, thừa, lộ, chưa xác nhận, rò rỉ, kẹt, không khớp số, sai cam kết, ghi nhật ký quá nhiều. Không đụng tới kho, hàng đợi hay nguồn đã cấu hình. Với --faces: mỗi kiểu sai của nguồn một nguồn riêng, khoảng mười phút; cho biết mất, trùng, sai tệp, báo đủ sai, báo thừa, và sau mấy lần hỏi thì người vận hành được báo. Mã thoát 0 chỉ khi mọi số đều bằng không, nếu không thì 1.',
        'Runs the real service (two processes) against a simulated source, on a Postgres of its own in a temporary folder, and strikes it with faults by seed: processes killed, stopped, terminated, restarted all at once, unable to start, with a clock that steps (where the machine has libfaketime); Postgres gone, out of connections, with locked tables, without its last commits, moved elsewhere; a queue that is lost or refuses; a source that answers badly. Then nobody touches anything until it has recovered, and the store is held against what the source knows: lost, duplicated, unexpected, exposed, unacknowledged, leaked, stuck, unbalanced, promises not kept, too many lines in the log. The configured store, queue and sources are not touched. With --faces: one source for each way in which a source is wrong, for about ten minutes; tells what was lost, doubled, of the wrong file, falsely complete or untruly told, and after how many polls the operator was told. Ends with 0 only if every count is zero, else with 1.',
      ),
    )
    .option('--seed <n>', 'cùng số thì cùng sự cố / the same number strikes the same faults', '1')
    .option(
      '--minutes <n>',
      'gây sự cố trong bao nhiêu phút; có thể lẻ / how long faults strike; may be a fraction',
      '1',
    )
    .addOption(
      new Option(
        '--queue <where>',
        'hàng đợi nằm ở đâu; redis cần chương trình redis-server trên máy này / where the queue lives; redis needs the program redis-server on this machine',
      )
        .choices(['postgres', 'redis', 'none'] satisfies Queue[])
        .default('postgres'),
    )
    .option(
      '--faces [name...]',
      'thay vào đó: mỗi nguồn một kiểu sai, và người vận hành được báo sau mấy lần hỏi / instead: one source for each way in which a source is wrong, and after how many polls the operator is told',
    )
    .option('--json', 'kết quả là một tài liệu JSON / the result as one JSON document')
    .addHelpText(
      'after',
      example(
        'chidao selftest',
        'chidao selftest --seed 7 --minutes 10 --queue redis --json',
        'chidao selftest --faces',
      ),
    )
    .action(async (options: Options, command: Command) => {
      const { seed, minutes } = parsed(options, command)
      if (options.faces) return againstFaces(seed, options.faces, options.json === true, command)
      const { queue, json = false } = options
      const { hasRedisServer } = await import('./selftest/redis-server.ts')
      if (queue === 'redis' && !hasRedisServer())
        throw new Explained(
          'Máy này chưa có redis-server. There is no redis-server on this machine. Install it (apt-get install redis-server), or leave out --queue redis.',
          2,
        )
      const { env } = readConfig('optional')
      const progress = openProgress({ total: minutes * 60, quiet: json, env })
      const from = performance.now()
      let doing = 'chuẩn bị / preparing'
      const ticking = setInterval(() => progress.at((performance.now() - from) / 1000, doing), 250)
      const say = (line: string) => {
        doing = line
      }
      const { runOnce } = await import('./selftest/run.ts')
      const trial = await runOnce({ seed, minutes, queue, env, say }).finally(() => {
        clearInterval(ticking)
        progress.end()
      })
      if (!isClean(trial.counters)) process.exitCode = 1
      if (json) output.json(trial)
      else show(trial)
    })
}

async function againstFaces(
  seed: number,
  asked: true | readonly string[],
  json: boolean,
  command: Command,
): Promise<void> {
  const { env } = readConfig('optional')
  const { faces: all } = await import('#connectors/simulator/faces/all.ts')
  const faces = asked === true ? all : all.filter(({ name }) => asked.includes(name))
  if (asked !== true && faces.length < asked.length)
    command.error(`error: --faces: ${all.map(({ name }) => name).join(', ')}`, { exitCode: 2 })
  const { isRight, runFaces } = await import('./selftest/faces/run.ts')
  const { facesTable } = await import('./selftest/faces/report.ts')
  const say = (line: string) => void (json || process.stderr.write(`${line} …\n`))
  const trials = await runFaces({ seed, faces, env, say })
  const wrong = trials.filter((trial) => !isRight(trial))
  if (wrong.length > 0) process.exitCode = 1
  if (json) return output.json({ seed, right: wrong.length === 0, faces: trials })
  output.line(facesTable(trials))
  output.line(
    wrong.length === 0
      ? coloured(
          'good',
          '\nKhông mất, không trùng, không sai tệp, không báo đủ sai; mọi kiểu sai đều được báo trong hai lần hỏi. Nothing lost, doubled or wrong, no false "complete", and every trouble told within two polls.',
        )
      : coloured(
          'bad',
          `\nCó ${wrong.length} nguồn chưa đạt: ${wrong.map(({ face }) => face).join(', ')}. These sources are not handled as they must be; please report it with the result of --json.`,
        ),
  )
}

function parsed({ seed, minutes }: Options, command: Command): { seed: number; minutes: number } {
  const wrong = (message: string) => command.error(`error: ${message}`, { exitCode: 2 })
  if (!/^\d{1,9}$/.test(seed)) wrong('--seed là một số nguyên / must be a whole number')
  if (!/^\d{1,4}(\.\d+)?$/.test(minutes) || !(Number(minutes) > 0))
    wrong('--minutes là một số lớn hơn 0 / must be a number above 0')
  return { seed: Number(seed), minutes: Number(minutes) }
}

function show(trial: Trial): void {
  const { header, rows } = reportTable([trial])
  // One run reads better downwards.
  output.line(
    table(
      ['', ''],
      header.map((title, column) => [title, rows[0]![column]!]),
    ),
  )
  for (const [what, n] of Object.entries(trial.stuckRows)) output.line(`  ${what}: ${n}`)
  const late = brokenPromises(trial)
  if (late.length > 0)
    output.line(
      coloured(
        'attention',
        `\nHồi phục chậm hơn cam kết. Recovered later than promised: ${late.join(', ')}.`,
      ),
    )
  output.line(
    isClean(trial.counters)
      ? coloured(
          'good',
          '\nKhông mất, không trùng, không thừa, không rò rỉ, không kẹt. Nothing lost, duplicated, unexpected, leaked or stuck.',
        )
      : coloured(
          'bad',
          '\nCó điểm chưa đạt; hãy gửi kết quả --json kèm báo lỗi. Something is not as it must be; please report it with the result of --json.',
        ),
  )
}
