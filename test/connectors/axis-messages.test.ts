/** Messages in a form that is not the usual one, from the axis to the store and back. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { statusDraft } from '#connectors/vxp/drafts.ts'
import { judgedFrom, messageFrom } from '#connectors/vxp/mapping.ts'
import { simulatedVxpProfile } from '#connectors/vxp/simulated-profile.ts'
import { eligibility, type GateRules } from '#src/domain/eligibility.ts'
import { readMessage } from '#src/edxml/reader.ts'
import { changed } from '../edxml/messages.ts'

const folder = join(import.meta.dirname, '../fixtures/edxml/axis')
const profile = simulatedVxpProfile({
  ...{ baseUrl: 'http://127.0.0.1:1', systemId: 'sys', secret: 'bi-mat-cua-bai-kiem-tra' },
  ...{ importFrom: '2025-01-01', liveFrom: '2025-01-01' },
})
const rules: GateRules = {
  secrecy: { absentMeansNormal: { authority: 'the official form has no such field' } },
  ...{ signals: [], issued: [], recalled: [], harmlessSuffixes: [] },
  scope: {
    issuers: ['UBND tỉnh Quảng Trị', 'UBND tỉnh Mẫu', 'UBND'],
    types: ['Công văn'],
    ...{ receivers: null, fields: [] },
  },
}

async function came(bytes: Buffer) {
  const reading = await readMessage(Readable.from([bytes]))
  if (!reading.readable) return null
  const verdict = eligibility(judgedFrom(reading).header, rules)
  return {
    verdict: verdict.admit ? 'admit' : verdict.reason,
    message: messageFrom(reading, { transportRef: 'doc-7', sourceRef: null }, profile),
  }
}
const handed = (name: string) => came(readFileSync(join(folder, `${name}.edxml`)))

describe('at the gate', () => {
  it.each([
    ...['paper-in-tracelist', 'paper-in-trace-list', 'field-name', 'two-replacement-lists'],
    ...['two-receiver-lists', 'xsi-schemaLocation-and-nil', 'manifest-unprefixed-name', 'utf16'],
    ...['iso-dates', 'subject-word-bullet', 'revoke-as-official-example', 'opencps-dossier'],
    ...['revoke-without-bussiness-id', 'flash-second-file-0-bytes-pdf', 'bkav-to-vpcp-builder'],
    ...['second-file-manifest-only', 'second-file-broken-base64', 'same-name', 'other-name'],
    ...['no-ext-name', 'zip-named-doc-as-official-example'],
  ])('%s passes', async (name) => {
    expect((await handed(name))!.verdict).toBe('admit')
  })

  it('a number that is not there refuses by its name', async () => {
    expect((await handed('codenumber-empty'))!.verdict).toBe('numberMissing')
  })

  it.each([
    ['27/11/2026', 'issueDateMissing'],
    ['', 'issueDateMissing'],
    ['2026/02/30', 'issueDateMissing'],
  ])('a day that may be another one refuses by its name: "%s"', async (date, reason) => {
    const bytes = changed('2025/03/10</edXML:Prom', `${date}</edXML:Prom`)
    expect((await came(bytes))!.verdict).toBe(reason)
  })

  it.each(['\uf0b7', '\uf0a7', '\uf0d8'])('a bullet of Word hides no mark: %j', async (bullet) => {
    for (const subject of [`${bullet} Tối mật`, `Kế hoạch${bullet}(MẬT)`, `${bullet}MẬT${bullet}`])
      expect(
        (await came(changed(/(<edXML:Subject>)[^<]*/, `<edXML:Subject>${subject}`)))!.verdict,
      ).toBe('markInSubject')
  })
})

describe('a message without DocumentId', () => {
  it('goes by its transport, and is told of to its issuer by number and day', async () => {
    const { message } = (await handed('opencps-dossier'))!
    expect(message!.ref).toEqual({
      transportRef: 'doc-7',
      sourceRef: '000.00.00.H99 docId:doc-7',
    })
    expect(message!.directive).not.toBeNull()
    const { responseFor } = statusDraft(
      {
        ...{ kind: 'status', code: '03', description: 'x', at: new Date(0), id: '1' },
        concerns: {
          ...{ ref: message!.ref, code: '1/A', issuedOn: '2025-03-10', issuer: 'UBND' },
        },
      },
      {
        ...profile,
        replies: { ...profile.replies, self: { organId: '000.00.15.H50', name: 'Văn phòng' } },
      },
    )
    expect(responseFor).toEqual([
      { organId: '000.00.00.H99', code: '1/A', documentId: null, issuedOn: '2025-03-10' },
    ])
  })
})

describe('an order', () => {
  it.each([
    ['its header alone names it', 'revoke-as-official-example', '501'],
    ['its header alone names it', 'revoke-without-bussiness-id', '514'],
  ])('is about its document where %s', async (_how, name, number) => {
    const { message } = (await handed(name))!
    expect(message!.business).toBe('revoke')
    expect(message!.concerns).toEqual([
      `000.00.00.H50 000.00.00.H50,2026/11/27,${number}/UBND-NNMT`,
    ])
  })

  it('of a replacement is about the documents of all its lists', async () => {
    const { message } = (await handed('two-replacement-lists'))!
    expect(message!.concerns).toEqual(['000.00.00.H99 old-0', '000.00.00.H99 old-1'])
  })
})

describe('a file with damage', () => {
  it.each([
    ['flash-second-file-0-bytes-pdf', 'noContent'],
    ['second-file-manifest-only', 'notInMessage'],
    ['second-file-broken-base64', 'broken'],
  ])('is named, and its message is taken without it: %s', async (name, unusable) => {
    const { message } = (await handed(name))!
    expect(message!.files).toMatchObject([{ mediaType: 'application/pdf' }, { unusable }])
    expect(message!.files[0]).not.toHaveProperty('unusable')
  })

  it.each(['VP', 'MMM', '%PDF'])(
    'of %j in place of base64 spoils nothing else',
    async (content) => {
      const { verdict, message } = (await came(
        changed(/(ContentTransferEncoded[^>]*>)[^<]*/, `ContentTransferEncoded>${content}`),
      ))!
      expect(verdict).toBe('admit')
      expect(message!.files).toHaveLength(1)
    },
  )
})
