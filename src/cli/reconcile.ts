import { createReadStream } from 'node:fs'
import type { Command } from 'commander'
import { parseClock, wallClock } from '../domain/clock.ts'
import { isListed } from '../domain/eligibility.ts'
import { Explained } from '../domain/errors.ts'
import { addDays, localDateOf } from '../domain/local-date.ts'
import { compare, type Registered, type WhyAbsent, whyAbsent } from '../domain/reconciling.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { coloured } from './colour.ts'
import { example, inBoth } from './help.ts'
import { standardOutput as output, table } from './output.ts'
import { type ColumnName, columnNames } from './reconcile/columns.ts'
import { type Register, readRegister } from './reconcile/register.ts'
import { absentWords, unreadableWords } from './reconcile/words.ts'
import { didYouMean } from './suggestion.ts'

type Asked = {
  readonly register: string
  readonly sheet?: string
  readonly json?: true
} & { readonly [Name in ColumnName as `${Name}Column`]?: string }

export function reconcileCommand(program: Command): void {
  const command = program
    .command('reconcile')
    .argument('<source>', 'nguồn / the source')
    .summary('Đối chiếu sổ văn thư với kho. Hold the Office’s own register against the store.')
    .description(
      inBoth(
        'Đọc sổ đăng ký văn bản đi (văn bản thường) của văn thư và cho biết số nào không có trong kho, vì sao trong chừng mực biết được: ngoài phạm vi, ban hành trước importFrom, ngày chưa đọc hết, có thể đang chờ, nguồn chưa từng liệt kê. Văn bản chưa đủ điều kiện, đang giữ lại hoặc đã xóa không được phân biệt với văn bản không được liệt kê. Cột tìm theo tiêu đề thường dùng: Số, Ký hiệu hoặc Số ký hiệu; Ngày ban hành hoặc Ngày văn bản; Trích yếu; Loại. CSV là UTF-8, ngăn bằng ; , hoặc tab; ngày viết dd/MM/yyyy, yyyy-MM-dd hoặc số ngày của Excel. Sổ chỉ được đọc trong bộ nhớ, không lưu, không ghi nhật ký gì. Dòng trông như mật chỉ được đếm, không đối chiếu, không in. Mã thoát 3 nếu có số vắng, lệch ngày, dòng không đọc được hoặc dòng trông như mật.',
        'Reads the register of outgoing documents that the Office keeps of ordinary ones, and tells which numbers are not in the store, and why as far as that is known: out of scope, issued before importFrom, a day not read to its end, perhaps waiting, never listed by the source. What is not eligible, withheld or purged is not told apart from what is not listed. Columns are found by the usual headings: Số, Ký hiệu or Số ký hiệu; Ngày ban hành or Ngày văn bản; Trích yếu; Loại. CSV is UTF-8, parted by ; , or tabs; dates are dd/MM/yyyy, yyyy-MM-dd or Excel’s number of the day. The register is read in memory and kept and logged nowhere. A row that looks secret is counted, neither compared nor printed. Ends with 3 if a number is absent or dated otherwise, or a row cannot be read or looks secret.',
      ),
    )
    .requiredOption('--register <file>', 'sổ, .xlsx hoặc CSV / the register, .xlsx or CSV')
    .option('--sheet <name>', 'trang tính, nếu không phải trang đầu / the sheet, if not the first')
  for (const name of columnNames)
    command.option(
      `--${name}-column <heading>`,
      `${columnWords[name]} nằm ở cột có tiêu đề này / the heading of this column`,
    )
  command
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText(
      'after',
      example(
        'chidao reconcile qlvb-tinh --register so-van-ban-di-2026.xlsx',
        'chidao reconcile qlvb-tinh --register so.csv --date-column "Ngày vào sổ" --json',
      ),
    )
    .action(reconcile)
}

const columnWords: Readonly<Record<ColumnName, string>> = {
  code: 'số/ký hiệu',
  number: 'số',
  symbol: 'ký hiệu',
  date: 'ngày ban hành',
  subject: 'trích yếu',
  type: 'loại',
}

async function reconcile(name: string, asked: Asked): Promise<void> {
  const config = readConfig('required')
  const profile = config.sources.find((source) => source.name === name)
  const names = config.sources.map((source) => source.name)
  if (!profile)
    throw new Explained(
      `Không có nguồn "${name}". No source has this name; configured: ${names.join(', ')}${didYouMean(name, names)}`,
      2,
    )
  const register = await readRegister(await bytesOf(asked.register), {
    sheet: asked.sheet,
    headings: saidIn(asked),
    harmlessSuffixes: profile.gate.harmlessSuffixes,
  })
  const days = register.rows.map(({ issuedOn }) => issuedOn).sort()
  const at = (config.clock ? parseClock(config.clock) : wallClock).now()
  await using opened = await openTrackingStore(config, 'guest')
  const span = {
    ...{ source: name, importFrom: profile.importFrom, today: localDateOf(at) },
    // Of whole years, so that one of the same year and another day is found as well.
    from: `${addDays(days[0] ?? localDateOf(at), -1).slice(0, 4)}-01-01`,
    until: `${addDays(days.at(-1) ?? localDateOf(at), 1).slice(0, 4)}-12-31`,
  }
  const { registered } = opened.store
  const held = await registered.held(span, profile.gate.scope.issuers)
  const { absent, ...compared } = compare(register.rows, held)
  const known = {
    ...(await registered.known(span)),
    isInScope: (type: string) => isListed(type, profile.gate.scope.types),
  }
  const found: Found = {
    ...{ rows: register.rows.length, ...compared, register },
    absent: absent.map((row) => ({ row, why: whyAbsent(row, known) })),
  }
  const { unreadable, marked } = register
  if (absent.length + compared.datedOtherwise.length + unreadable.length + marked > 0)
    process.exitCode = 3
  if (asked.json) output.json(asJson(name, found))
  else print(found)
}

function saidIn(asked: Asked): Partial<Record<ColumnName, string>> {
  return Object.fromEntries(
    columnNames.flatMap((name) => {
      const heading = asked[`${name}Column`]
      return heading === undefined ? [] : [[name, heading]]
    }),
  )
}

const mostBytes = 33_554_432

async function bytesOf(file: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of createReadStream(file)) {
      chunks.push(chunk)
      size += chunk.length
      if (size > mostBytes) break
    }
  } catch (error) {
    throw new Explained(
      `Không đọc được tệp sổ (${(error as { code?: string }).code}). The file of the register cannot be read: check its path and rights.`,
      2,
    )
  }
  if (size > mostBytes)
    throw new Explained(
      'Tệp lớn hơn 32 MiB: hãy tách ra. The file is larger than 32 MiB: split it.',
      2,
    )
  return Buffer.concat(chunks)
}

interface Found extends Omit<ReturnType<typeof compare>, 'absent'> {
  readonly rows: number
  readonly register: Register
  readonly absent: readonly { readonly row: Registered; readonly why: WhyAbsent }[]
}

function asJson(
  source: string,
  { rows, present, repeated, register, absent, datedOtherwise }: Found,
) {
  const named = ({ line, code, issuedOn }: Registered) => ({ line, code, issuedOn })
  const { marked, leftOut, unreadable } = register
  return {
    ...{ source, rows, present, repeated, marked, leftOut },
    absent: absent.map(({ row, why }) => ({ ...named(row), why })),
    datedOtherwise: datedOtherwise.map(({ row, heldOn }) => ({ ...named(row), heldOn })),
    unreadable,
  }
}

function print({ rows, present, repeated, register, absent, datedOtherwise }: Found): void {
  const { marked, leftOut, unreadable } = register
  output.line(
    `Đọc ${rows} văn bản trong sổ; có trong kho ${present}, vắng ${absent.length}, lệch ngày ${datedOtherwise.length}, dòng lặp ${repeated}. Of ${rows} documents in the register ${present} are in the store, ${absent.length} absent, ${datedOtherwise.length} dated otherwise, ${repeated} repeated.`,
  )
  if (leftOut > 0) output.line(`Dòng không phải văn bản / rows that are no documents: ${leftOut}`)
  if (marked > 0)
    output.line(
      coloured(
        'attention',
        `${marked} dòng trông như mật: không đối chiếu, không in. Sổ này chỉ được có văn bản thường. ${marked} rows look secret: neither compared nor printed. This register must hold ordinary documents only.`,
      ),
    )
  for (const why of Object.keys(absentWords) as WhyAbsent[]) {
    const of = absent.filter((one) => one.why === why)
    if (of.length === 0) continue
    output.line(`\n${coloured('title', `Vắng / absent: ${of.length}`)}  ${absentWords[why]}`)
    output.line(
      table(
        ['dòng', 'số/ký hiệu', 'ngày'],
        of.map(({ row }) => [String(row.line), row.code, row.issuedOn]),
      ),
    )
  }
  if (datedOtherwise.length > 0) {
    output.line(`\n${coloured('title', `Lệch ngày / dated otherwise: ${datedOtherwise.length}`)}`)
    output.line(
      table(
        ['dòng', 'số/ký hiệu', 'trong sổ', 'trong kho'],
        datedOtherwise.map(({ row, heldOn }) => [
          ...[String(row.line), row.code, row.issuedOn, heldOn],
        ]),
      ),
    )
  }
  if (unreadable.length > 0) {
    output.line(`\n${coloured('title', `Không đọc được / cannot be read: ${unreadable.length}`)}`)
    output.line(
      table(
        ['dòng', 'vì sao'],
        unreadable.map(({ line, why }) => [String(line), unreadableWords[why]]),
      ),
    )
  }
  if (absent.length + datedOtherwise.length + unreadable.length + marked === 0)
    output.line(coloured('good', 'Không thiếu số nào. No number is absent.'))
}
