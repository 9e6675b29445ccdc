import { describe, expect, it } from 'vitest'
import { headerFrom } from '#connectors/rest/mapping.ts'
import { eligibility, type Header } from '#src/domain/eligibility.ts'
import { refusedBy, unseen } from '#src/domain/refused-by.ts'
import { profileAt, row } from '#test/connectors/paged-register.ts'

const profile = profileAt('http://x')
const { gate } = profile
const headerOf = (more: object): Header => headerFrom(row(1, more as never), profile)

function judged(header: Header) {
  const decision = eligibility(header, gate)
  return decision.admit
    ? null
    : { reason: decision.reason, ...refusedBy(header, gate, decision.reason) }
}

describe('the field that refused is named', () => {
  it.each([
    ['a degree', { secret_id: 9 }, 'secrecyUnknown', 'secret_id'],
    ['a name of a degree', { secret_name: 'Khác' }, 'secrecyUnknown', 'secret_name'],
    ['a secret one', { secret_name: 'Mật' }, 'secrecyPositive', 'secret_name'],
    ['a missing one', { secret_id: undefined }, 'secrecyMissing', 'secret_id'],
    ['a register', { register_code: 'X' }, 'signalUnknown', 'register_code'],
    ['a secret register', { register_code: 'VBM' }, 'signalPositive', 'register_code'],
    ['a missing envelope', { envelope_code: undefined }, 'signalMissing', 'envelope_code'],
    ['a draft', { is_released: false }, 'notIssued', 'is_released'],
    ['an issuer', { issuer_name: 'UBND tỉnh khác' }, 'issuerOutOfScope', 'issuer'],
    ['a type', { doc_type_name: 'Giấy mời' }, 'typeOutOfScope', 'typeName'],
    ['a date', { publish_date: '2 tháng 3' }, 'issueDateMissing', 'issuedOn'],
    ['a subject', { abstract: '…' }, 'subjectMissing', 'subject'],
    ['a mark', { abstract: 'Về việc (MẬT)' }, 'markInSubject', 'subject'],
  ])('%s', (_what, more, reason, field) => {
    expect(judged(headerOf(more))).toMatchObject({ reason, field, differs: null })
  })
})

describe('a difference that no eye sees is told', () => {
  it.each([
    ['a sign without width', 'Thường\u200b', 'blanks'],
    ['one within, composed otherwise', 'Thư\u00adờng'.normalize('NFD'), 'blanks'],
    ['capitals', 'THƯỜNG', 'capitals'],
    ['capitals composed otherwise, with a blank', ' THƯỜNG'.normalize('NFD'), 'capitals'],
  ] as const)('%s', (_what, value, differs) => {
    expect(judged(headerOf({ secret_name: value }))).toEqual({
      ...{ reason: 'secrecyUnknown', field: 'secret_name', differs },
    })
  })

  it.each([
    ['a number as text', '1', 'type'],
    ['true as text', 'true', 'type'],
    ['nothing as text', 'null', 'type'],
    ['another value', '2', null],
    ['one of them', 1, null],
    ['a list', [1], null],
    ['no value', undefined, null],
  ])('%s', (_what, value, differs) => {
    expect(unseen(value, [1, true, null])).toBe(differs)
  })
})
