/** `chidao purge --scrub`: what was deleted goes out of the files of both databases as well (docs/purge.md). */
import { Explained } from '../domain/errors.ts'
import { type LogCopies, scrub } from '../store/scrubbing.ts'
import { openDatabases, readConfig } from '../wiring.ts'
import { memoryOnDisk, tellMemoryOnDisk } from './memory-on-disk.ts'
import { standardOutput as output } from './output.ts'

export async function scrubBoth(asked: { dryRun?: true; json?: true }): Promise<void> {
  const databases = await openDatabases(readConfig('optional'), 'guest')
  await using _ = databases
  const places = [
    ['kho / store', databases.storeUrl],
    ['khóa / keys', databases.keysUrl],
  ] as const
  const copies: LogCopies[] = []
  for (const [place, url] of asked.dryRun ? [] : places) copies.push(await scrubbed(place, url))
  const beyond = [...copies.flatMap(tellCopies), ...(await tellBeyond())]
  if (asked.json) return output.json({ scrubbed: !asked.dryRun, beyond })
  output.line(
    asked.dryRun
      ? 'Sẽ ghi lại mọi bảng của kho và của cơ sở dữ liệu khóa, và bỏ WAL cũ. Would write every table of both databases anew and let go of the old log.'
      : 'Đã ghi lại mọi bảng và bỏ WAL cũ của cả hai cơ sở dữ liệu. Every table of both databases was written anew, and the old log is gone.',
  )
  output.line('Không với tới được, tự kiểm tra / Beyond reach, look yourself:')
  for (const one of beyond) output.line(`  - ${one}`)
}

async function scrubbed(place: string, url: string): Promise<LogCopies> {
  const outcome = await scrub(url).catch((error: { code?: string }) => {
    throw new Explained(
      error.code === lockNotAvailable
        ? `${place}: có phiên khác đang giữ một bảng. Somebody else holds a table: stop the service and whatever reads the store, and run it again.`
        : `${place}: không làm hết được (${error.code ?? 'không kết nối được / no connection'}). It could not be carried through: free disk space of the size of the largest table is needed; then run it again.`,
      1,
      { cause: error },
    )
  })
  if (outcome.done) return outcome.copies
  throw new Explained(
    `${place}: tài khoản này không phải quản trị (superuser). The login is no superuser: run it once with the administrator's addresses, DATABASE_URL=… KEYS_DATABASE_URL=… chidao purge --scrub --yes`,
  )
}

const lockNotAvailable = '55P03'

function tellCopies({ archived, replicas, slots }: LogCopies): string[] {
  return [
    ...(archived
      ? ['WAL được lưu trữ riêng (archive_mode): xóa ở đó / archived log: remove it there']
      : []),
    ...(replicas + slots > 0
      ? [`${replicas} bản sao, ${slots} slot nhận WAL / replicas and slots that get the log`]
      : []),
  ]
}

async function tellBeyond(): Promise<string[]> {
  const memory = tellMemoryOnDisk(await memoryOnDisk())
  return [
    'bản sao lưu có trước lần xóa: hủy / backups from before the purge: destroy them',
    memory ??
      'bộ nhớ tráo đổi và ngủ đông: không thấy trên máy này / swap and hibernation: none seen on this machine',
    'khối đĩa đã giải phóng, trừ khi đĩa được mã hóa / freed blocks of the disk, unless it is encrypted',
    'hệ thống theo dõi, và tệp người dùng đã tải về / the tracking software, and what people downloaded',
    'nhật ký của Postgres nếu có ghi câu lệnh, lịch sử lệnh và tệp mẫu của chidao gate / a log of statements, the history of shells, samples for chidao gate',
  ]
}
