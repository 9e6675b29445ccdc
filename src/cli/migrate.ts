import type { Command } from 'commander'
import { migrate, migrationStatus, openDatabase } from '../store/database.ts'
import { migrateKeys } from '../store/keys.ts'
import { openDatabases, readConfig } from '../wiring.ts'
import { example, inBoth } from './help.ts'
import { standardOutput as output } from './output.ts'

export function migrateCommand(program: Command): void {
  program
    .command('migrate')
    .summary('Cập nhật lược đồ của kho theo dõi. Bring the store’s schema up to date.')
    .description(
      inBoth(
        'Áp dụng các thay đổi lược đồ còn chờ vào kho và vào cơ sở dữ liệu khóa. Chạy lại bao nhiêu lần cũng được; lệnh start cũng tự làm việc này.',
        'Applies the pending changes to the store and to the database of keys. May be run any number of times; start does the same by itself.',
      ),
    )
    .option('--status', 'chỉ xem, không thay đổi / only show what is applied and what is pending')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao migrate --status'))
    .action(async ({ status, json }: { status?: true; json?: true }) => {
      await using databases = await openDatabases(readConfig('optional'), 'guest')
      const db = openDatabase({ url: databases.storeUrl, poolSize: 4 })
      const keysDb = openDatabase({ url: databases.keysUrl, poolSize: 2 })
      try {
        if (!status) {
          await migrate(db)
          await migrateKeys(keysDb)
        }
        const state = await migrationStatus(db)
        if (json) return output.json(state)
        for (const name of state.applied) output.line(`đã áp dụng / applied  ${name}`)
        for (const name of state.pending) output.line(`còn chờ / pending     ${name}`)
      } finally {
        await Promise.all([db.destroy(), keysDb.destroy()])
      }
    })
}
