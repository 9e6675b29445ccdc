/** Fills the blanks of a sentence pattern with invented names and with what fits its date. */
import { addDays, type LocalDate } from '#src/domain/local-date.ts'
import type { Draw } from './draw.ts'
import * as names from './names.ts'

/** A verb phrase in lower case, with `{blanks}`; `months` says when in the year it makes sense. */
export interface Pattern {
  readonly say: string
  readonly months?: readonly number[]
}

/** The patterns of a list that make sense in the month of the date. */
export function inSeason<P extends Pattern>(patterns: readonly P[], date: LocalDate): P[] {
  const month = Number(date.slice(5, 7))
  return patterns.filter(({ months }) => !months || months.includes(month))
}

export function phrase(say: string, date: LocalDate, draw: Draw): string {
  return say.replaceAll(/\{(\w+)\}/g, (_blank, name: string) => {
    const fill = blanks[name]
    if (!fill) throw new Error(`no blank is called {${name}}: correct the pattern`)
    return fill(draw, date)
  })
}

export function capitalised(text: string): string {
  return text.charAt(0).toLocaleUpperCase('vi') + text.slice(1)
}

/** `05/3/2026`, as Vietnamese offices write it: months 1 and 2 with their zero, so that none can be added. */
export function spokenDate(date: LocalDate): string {
  const [year, month = '', day] = date.split('-')
  return `${day}/${Number(month) < 3 ? month : Number(month)}/${year}`
}

const storms = [1, 1, 1, 1, 1, 1, 2, 4, 7, 10, 12, 13]
const holidays = [
  'Tết Nguyên đán',
  'Tết Nguyên đán',
  'lễ hội đầu Xuân',
  'nghỉ lễ 30/4 và 01/5',
  'nghỉ lễ 30/4 và 01/5',
  'Kỳ thi tốt nghiệp trung học phổ thông',
  'cao điểm du lịch hè',
  'nghỉ lễ Quốc khánh 02/9',
  'nghỉ lễ Quốc khánh 02/9',
  'cao điểm mưa lũ',
  'cao điểm mưa lũ',
  'Tết Dương lịch',
]

const sectors = [
  'đất đai thuộc phạm vi quản lý của Sở Nông nghiệp và Môi trường',
  'nhà ở và công sở thuộc phạm vi quản lý của Sở Xây dựng',
  'hộ tịch thuộc phạm vi quản lý của Sở Tư pháp',
  'khám bệnh, chữa bệnh thuộc phạm vi quản lý của Sở Y tế',
  'việc làm thuộc phạm vi quản lý của Sở Nội vụ',
  'xúc tiến thương mại thuộc phạm vi quản lý của Sở Công Thương',
]

const blanks: Record<string, (draw: Draw, date: LocalDate) => string> = {
  commune: (draw) => draw.pick(names.communes),
  communes: (draw) => draw.some(names.rurals, 2).join(' và '),
  upland: (draw) => draw.pick(names.uplands),
  uplands: (draw) => draw.some(names.uplands, 2).join(' và '),
  coast: (draw) => draw.pick(names.coasts),
  rural: (draw) => draw.pick(names.rurals),
  ward: (draw) => draw.pick(names.wards),
  department: (draw) => draw.pick(names.departments.slice(0, 10)),
  citizen: (draw) => draw.pick(names.citizens),
  leader: (draw) => {
    const { name, position } = draw.pick(names.leaders)
    return `${position} UBND tỉnh ${name}`
  },
  river: (draw) => draw.pick(names.rivers),
  lake: (draw) => draw.pick(names.lakes),
  road: (draw) => draw.pick(names.roads),
  bridge: (draw) => draw.pick(names.bridges),
  estate: (draw) => draw.pick(names.estates),
  company: (draw) => draw.pick(names.companies),
  cooperative: (draw) => draw.pick(names.cooperatives),
  school: (draw) => draw.pick(names.schools),
  relic: (draw) => draw.pick(names.relics),
  project: (draw) => draw.pick(names.projects),
  festival: (draw) => draw.pick(names.festivals),
  sector: (draw) =>
    draw.pick(['đất đai', 'xây dựng', 'hộ tịch', 'đầu tư', 'bảo trợ xã hội', 'lâm nghiệp']),
  sectorOf: (draw) => draw.pick(sectors),
  year: (_draw, date) => date.slice(0, 4),
  lastYear: (_draw, date) => String(Number(date.slice(0, 4)) - 1),
  nextYear: (_draw, date) => String(Number(date.slice(0, 4)) + 1),
  month: (_draw, date) => String(Number(date.slice(5, 7))),
  quarter: (_draw, date) => ['I', 'II', 'III', 'IV'][Math.floor((monthOf(date) - 1) / 3)]!,
  season: (_draw, date) => (monthOf(date) >= 4 && monthOf(date) <= 8 ? 'Hè Thu' : 'Đông Xuân'),
  storm: (draw, date) => String(storms[monthOf(date) - 1]! + draw.int(0, 1)),
  holiday: (_draw, date) => holidays[monthOf(date) - 1]!,
  few: (draw) => String(draw.int(3, 48)).padStart(2, '0'),
  many: (draw) => String(draw.int(120, 4200)),
  earlier: (draw, date) => spokenDate(addDays(date, -draw.int(8, 70))),
  later: (draw, date) => spokenDate(addDays(date, draw.int(10, 45))),
}

function monthOf(date: LocalDate): number {
  return Number(date.slice(5, 7))
}
