import { randomUUID } from 'node:crypto'
import { type Command, Option } from 'commander'
import type { AlertSettings } from '#config/alerts.ts'
import { failureOf, send } from '../alerts/deliver.ts'
import { giveSign } from '../alerts/heartbeat.ts'
import { sentencesOf, severityOf } from '../alerts/wording.ts'
import { Explained } from '../domain/errors.ts'
import type { Notice } from '../store/alerts.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { coloured } from './colour.ts'
import { example, inBoth } from './help.ts'
import { localTime, standardOutput as output, table } from './output.ts'

const channels = ['webhook', 'email', 'heartbeat'] as const
type Way = (typeof channels)[number]

export function alertsCommand(program: Command): void {
  const alerts = program
    .command('alerts')
    .summary(
      'Những điều đang báo động và việc gửi báo động. What is alerted, and how that is delivered.',
    )
    .description(
      inBoth(
        'Dịch vụ tự báo qua webhook và thư điện tử khi văn bản sắp quá hạn, nguồn im lặng, có việc chờ người. Cảnh báo chỉ nêu số lượng, không nêu văn bản nào.',
        'The service tells people by webhook and e-mail when directives are close to their deadline, a source is silent, or something waits for a person. An alert gives totals and names no directive.',
      ),
    )
    .addHelpText('after', example('chidao alerts', 'chidao alerts test --channel email'))

  alerts
    .command('list', { isDefault: true })
    .summary(
      'Cảnh báo đang có, và đã hết trong bảy ngày. What lasts, and what ended within a week.',
    )
    .description(
      inBoth(
        'Mỗi dòng: mức độ, điều gì, nguồn, từ lúc nào; rồi từng kênh gửi còn đọng gì. Mã thoát 3 nếu có cảnh báo đang kéo dài hoặc chưa gửi được.',
        'Each line: how grave, what, which source, since when; then what waits on each channel. Ends with 3 if an alert lasts or could not be delivered.',
      ),
    )
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao alerts list --json'))
    .action(list)

  alerts
    .command('test')
    .summary('Gửi thử qua từng kênh. Sends a trial on each channel.')
    .description(
      inBoth(
        'Gửi một cảnh báo thử qua mỗi kênh đã khai, nói rõ là thử, không ghi gì vào kho. Mã thoát 1 nếu kênh nào không nhận.',
        'Sends a trial, which says that it is one, on each configured channel, and keeps nothing. Ends with 1 if one did not take it.',
      ),
    )
    .addOption(
      new Option('--channel <channel>', 'chỉ một kênh / only this one').choices([...channels]),
    )
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao alerts test', 'chidao alerts test --channel webhook'))
    .action(test)
}

const weekMs = 7 * 86_400_000

async function list({ json }: { json?: true }): Promise<void> {
  await using opened = await openTrackingStore(readConfig('optional'), 'guest')
  const { store } = opened
  const [known, delivery, heartbeat] = await Promise.all([
    store.alerts.list(new Date(Date.now() - weekMs)),
    store.alerts.channels(),
    store.alerts.heartbeat(),
  ])
  const lasting = known.filter(({ endedAt }) => endedAt === null)
  const stuck = delivery.filter(({ failure, givenUp }) => failure !== null || givenUp > 0)
  if (lasting.length + stuck.length > 0) process.exitCode = 3
  if (json) return output.json({ alerts: known, channels: delivery, heartbeat })
  if (known.length === 0) output.line('Không có cảnh báo. Nothing is alerted.')
  else
    output.line(
      table(
        ['mức', 'từ lúc', 'hết lúc', 'điều gì'],
        known.map((alert) => [
          severityOf(alert.kind) === 'critical' ? 'nghiêm trọng' : 'chú ý',
          localTime(alert.beganAt),
          localTime(alert.endedAt),
          Object.values(sentencesOf({ ...alert, occasion: 'raised' })).join(' '),
        ]),
      ),
    )
  for (const { channel, pending, givenUp, failure } of delivery)
    output.line(
      coloured(
        failure !== null || givenUp > 0 ? 'bad' : 'good',
        `${channel}: chờ gửi / waiting ${pending}, bỏ / given up ${givenUp}${failure ? ` (${failure}): chidao alerts test` : ''}`,
      ),
    )
  if (heartbeat.sentAt || heartbeat.failure)
    output.line(
      coloured(
        heartbeat.failure ? 'bad' : 'good',
        `heartbeat: lần cuối / last ${localTime(heartbeat.sentAt)}${heartbeat.failure ? ` (${heartbeat.failure})` : ''}`,
      ),
    )
}

async function test({ channel, json }: { channel?: Way; json?: true }): Promise<void> {
  const { alerts: settings } = readConfig('optional')
  const asked = channel ? [channel] : channels.filter((one) => settings[one] !== null)
  if (asked.length === 0 || asked.some((one) => settings[one] === null))
    throw new Explained(
      `Chưa khai kênh nào. ${channel ? `alerts.${channel} is not configured` : 'No channel is configured'}: add webhook, email or heartbeat under alerts in the configuration file.`,
      2,
    )
  const found: { channel: Way; delivered: boolean; failure: string | null }[] = []
  for (const one of asked) {
    const failure = await failureOf(() => trial(one, settings))
    found.push({ channel: one, delivered: failure === null, failure })
  }
  if (found.some(({ delivered }) => !delivered)) process.exitCode = 1
  if (json) return output.json(found)
  for (const { channel: one, failure } of found)
    output.line(
      failure === null
        ? coloured('good', `${one}: đã nhận / taken`)
        : coloured('bad', `${one}: không gửi được / not delivered (${explain(failure)})`),
    )
}

function trial(way: Way, settings: AlertSettings): Promise<void> {
  if (way === 'heartbeat') return giveSign(settings.heartbeat!)
  return send(way, settings, [trialNotice()])
}

/** Zero directives at risk: whoever reads only the figures is not frightened. */
function trialNotice(): Notice {
  return {
    id: randomUUID(),
    occasion: 'recovered',
    kind: 'deadlineNear',
    source: 'GỬI THỬ / A TRIAL',
    figures: { count: 0 },
    beganAt: new Date(),
    attempts: 1,
  }
}

function explain(failure: string): string {
  return explanations[failure] ?? failure
}

const explanations: Readonly<Record<string, string>> = {
  unreachable: 'không nối được / nobody answers there; check host and port',
  timeout: 'quá lâu không trả lời / no answer in time',
  certificate: 'chứng thư không tin được / its certificate is not trusted; set caFile',
  unauthorized: 'sai tài khoản hoặc khóa / wrong account or key',
  rejected: 'bên nhận từ chối / its receiver refuses it',
  unavailable: 'bên nhận đang lỗi / its receiver is out of order',
}
