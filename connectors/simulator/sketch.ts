/** Which documents there are, when each is created and released, and what becomes of it. */
import { addDays, type LocalDate } from '#src/domain/local-date.ts'
import type { Fate } from './document.ts'
import { type Draw, deckOf } from './draw.ts'
import {
  aboutDoing,
  byCommittee,
  innocentWording,
  kindCards,
  telegram,
  type Wording,
  wordingOf,
} from './kinds.ts'
import { departmentSymbols, departments } from './names.ts'
import { inOfficeHours, inTheEvening, isStormSeason, officeDays, onADayOff } from './office-days.ts'
import { capitalised, inSeason, phrase } from './phrase.ts'
import { type Way, ways } from './secrecy-ways.ts'
import * as notEligible from './subjects-not-eligible.ts'

export interface Sketch {
  readonly fate: Fate
  readonly way: Way | null
  readonly wording: Wording
  readonly urgency: 1 | 2 | 3 | 4 | 5
  readonly createdAt: Date
  readonly releasedAt: Date
  readonly issuedOn: LocalDate
}

export function sketches(
  of: { from: LocalDate; until: LocalDate; perWorkingDay: number; secretShare: number },
  draw: Draw,
): Sketch[] {
  const nextFate = deckOf(fateCards(of.secretShare), draw)
  const nextKind = deckOf(kindCards, draw)
  const nextWay = deckOf(ways, draw)
  const urgencies = {
    telegram: deckOf(urgencyCards({ 1: 0, 2: 2, 3: 3, 4: 13, 5: 2 }), draw),
    other: deckOf(urgencyCards({ 1: 82, 2: 11, 3: 4, 4: 2, 5: 1 }), draw),
  }
  const days = officeDays()
  const drawn: Sketch[] = []

  const add = (fate: Fate, kind: typeof telegram, date: LocalDate, moment: Date) => {
    const way = fate === 'guarded' ? nextWay() : null
    const wording = worded(fate, kind, date, draw)
    const urgency = (wording.typeCode === 'CD' ? urgencies.telegram : urgencies.other)()
    drawn.push({ fate, way, wording, urgency, ...timesOf(fate, date, moment) })
  }
  const timesOf = (fate: Fate, date: LocalDate, moment: Date) => {
    if (fate === 'late') {
      // Dated one day, released the next working morning: the legal clock runs from the date (domain A4).
      const releasedAt = inOfficeHours(days.nextWorkingDay(date), draw)
      return { issuedOn: date, createdAt: releasedAt, releasedAt }
    }
    if (fate !== 'draft') return { issuedOn: date, createdAt: moment, releasedAt: moment }
    let issuedOn = date
    for (let day = draw.int(1, 4); day > 0; day -= 1) issuedOn = days.nextWorkingDay(issuedOn)
    return { issuedOn, createdAt: moment, releasedAt: inOfficeHours(issuedOn, draw) }
  }

  for (let date = of.from; date <= of.until; date = addDays(date, 1)) {
    const working = days.isWorkingDay(date)
    const howMany = working ? Math.round(of.perWorkingDay * (0.6 + 0.8 * draw.next())) : 0
    for (let at = 0; at < howMany; at += 1) {
      add(nextFate(), nextKind(), date, inOfficeHours(date, draw))
    }
    const alarm = isStormSeason(date) ? (working ? 0.12 : 0.3) : working ? 0.02 : 0.05
    if (draw.chance(alarm)) {
      add('ordinary', telegram, date, working ? inTheEvening(date, draw) : onADayOff(date, draw))
    }
  }
  return drawn
}

function worded(fate: Fate, kind: typeof telegram, date: LocalDate, draw: Draw): Wording {
  switch (fate) {
    case 'innocent':
      return innocentWording(date, draw)
    case 'guarded': {
      const matter = draw.pick(inSeason(notEligible.guardedMatters, date))
      const subject = capitalised(phrase(matter.say.replace('{canary}', '\0'), date, draw))
      return { ...wordingOf(kind, date, draw), subject }
    }
    case 'outOfScope':
      return outOfScope(date, draw)
    case 'ordinary':
    case 'draft':
    case 'late':
      return wordingOf(kind, date, draw)
  }
}

function outOfScope(date: LocalDate, draw: Draw): Wording {
  const about = (patterns: typeof notEligible.reports) =>
    `${phrase(draw.pick(patterns).say, date, draw)} (mã hồ sơ \0)`
  const form = draw.pick(['GM', 'BC', 'other'] as const)
  switch (form) {
    case 'GM': {
      const subject = capitalised(about(notEligible.invitations))
      const kind = { typeCode: 'GM', typeName: 'Giấy mời', symbol: 'GM-UBND' }
      return { ...byCommittee(draw), ...kind, subject }
    }
    case 'BC': {
      const subject = capitalised(about(notEligible.reports))
      const kind = { typeCode: 'BC', typeName: 'Báo cáo', symbol: 'BC-UBND' }
      return { ...byCommittee(draw), ...kind, subject }
    }
    case 'other': {
      const subject = aboutDoing(about(notEligible.othersLetters), draw)
      const which = draw.int(0, departmentSymbols.length - 1)
      const symbol = `${departmentSymbols[which]}-VP`
      const kind = { typeCode: 'CV', typeName: 'Công văn', symbol, normative: false }
      const signer = { name: 'Lưu Bá Hoài Nam', position: 'Giám đốc' }
      return { ...kind, issuer: departments[which]!, signer, subject }
    }
  }
}

/** A hundred cards, so that the shares are exact over every hundred documents. */
function fateCards(secretShare: number): Fate[] {
  const shares = { guarded: Math.round(secretShare * 100), outOfScope: 5, draft: 4, late: 2 }
  const cards = Object.entries(shares).flatMap(([fate, share]) =>
    Array<Fate>(share).fill(fate as Fate),
  )
  const rest = 100 - cards.length
  if (rest < 0) throw new Error('secretShare leaves no room for other documents: at most 0.89')
  const innocent = Math.min(5, rest)
  return [
    ...cards,
    ...Array<Fate>(innocent).fill('innocent'),
    ...Array<Fate>(rest - innocent).fill('ordinary'),
  ]
}

function urgencyCards(shares: Record<1 | 2 | 3 | 4 | 5, number>): (1 | 2 | 3 | 4 | 5)[] {
  return ([1, 2, 3, 4, 5] as const).flatMap((level) =>
    Array<typeof level>(shares[level]).fill(level),
  )
}
