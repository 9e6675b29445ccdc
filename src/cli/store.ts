import type { Command } from 'commander'
import { parseClock, wallClock } from '../domain/clock.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { mustBeConfirmed, saidBy } from './actor.ts'
import { coloured } from './colour.ts'
import { example, inBoth } from './help.ts'
import { standardOutput as output } from './output.ts'

interface Asked {
  readonly reason: string
  readonly yes?: true
  readonly as?: string
  readonly json?: true
}

export function storeCommand(program: Command): void {
  const store = program
    .command('store')
    .summary('Kho theo dõi nói chung. The tracking store as a whole.')
    .description(
      inBoth(
        'Mỗi kho có một mã riêng, nằm trong tên hàng đợi của nó; "chidao check" cho xem mã đó.',
        'Each store has an id of its own, which is in the names of its queue; "chidao check" shows it.',
      ),
    )
    .addHelpText('after', example('chidao store adopt --reason "kho diễn tập" --yes'))
  store
    .command('adopt')
    .summary('Cho kho sao chép một mã riêng. Give a copied store an id of its own.')
    .description(
      inBoth(
        'Dùng cho kho được sao chép từ kho khác mà cả hai còn chạy: bản sao mang cùng mã nên trên cùng một Redis sẽ nhận việc của kho kia. Không đổi gì khác. Dịch vụ của kho này phải khởi động lại sau đó. Phải có --yes.',
        'For a store that was copied from another, where both go on running: a copy has the same id, and on one Redis would take the jobs of the other. Nothing else changes. Services on this store must be restarted afterwards. Needs --yes.',
      ),
    )
    .requiredOption('--reason <text>', 'vì sao, ghi vào lịch sử / why; goes into the history')
    .option('--yes', 'không hỏi lại / do not ask')
    .option('--as <name>', 'người thực hiện / who acts')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao store adopt --reason "kho diễn tập" --yes'))
    .action(adopt)
}

async function adopt(asked: Asked, command: Command): Promise<void> {
  mustBeConfirmed(
    'adopt',
    asked,
    command,
    'thêm --yes để xác nhận. This gives the store another id, and its services must be restarted: add --yes.',
  )
  const by = saidBy('adopt', asked)
  const config = readConfig('optional')
  const at = (config.clock ? parseClock(config.clock) : wallClock).now()
  await using opened = await openTrackingStore(config, 'guest')
  const { before, after } = await opened.store.life.adopt(by, at)
  if (asked.json) return output.json({ before, after, ...by })
  output.line(
    coloured(
      'good',
      `Kho có mã mới ${after} thay cho ${before}. This store has the id ${after} now, no longer ${before}.`,
    ),
  )
  output.line('Khởi động lại các dịch vụ của kho này. Restart the services on this store.')
}
