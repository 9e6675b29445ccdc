import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { messageFrom, refOf } from '#connectors/rest/mapping.ts'
import { readCalendar } from '#src/domain/calendar.ts'
import { decide } from '#src/flow/deciding.ts'
import { detailOf, profileAt, row } from '../connectors/paged-register.ts'
import { shippedList } from '../support/working-days.ts'

const profile = profileAt('https://qlvb.test')
const calendar = readCalendar(JSON.parse(readFileSync(shippedList, 'utf8')))
const now = new Date('2026-03-03T01:00:00Z')

function codesOf(more: Record<string, unknown>) {
  const message = messageFrom(detailOf(row(1, more)), refOf('1'), profile)
  const by = { profile, connector: { can: { revises: 'inPlace' as const } as never } }
  const admission = decide(message, 'v1', by, { calendar, now, askedAt: now })
  return admission.decision === 'refused' ? admission.unmapped : admission.decision
}

it('keeps the code that nobody mapped where it alone stands in the way', () => {
  expect(codesOf({ register_code: 'VBX' })).toEqual([{ field: 'register_code', code: 'VBX' }])
  expect(codesOf({ secret_id: 9 })).toEqual([{ field: 'secret_id', code: '9' }])
})

it('keeps none of a document that is secret for certain, or refused for another reason', () => {
  const register_code = 'K016XQZW'
  expect(codesOf({ register_code, secret_id: 3 })).toEqual([])
  expect(codesOf({ register_code, secret_name: 'Tối mật ' })).toEqual([])
  expect(codesOf({ register_code, abstract: 'Phương án (MẬT)' })).toEqual([])
  expect(codesOf({ register_code, secret_id: undefined, distribution_type: 7 })).toEqual([])
})
