import { expect, it } from 'vitest'
import type { Connector, Message } from '#connectors/connector.ts'
import { scopeAlone } from '#src/cli/scope-alone.ts'
import type { Header } from '#src/domain/eligibility.ts'

const header: Header = {
  ...{ fields: { steering: 1 }, number: '780', symbol: 'UBND-NNMT', subject: 'Về việc hồ đập' },
  ...{ texts: [], fileNames: [], issuedOn: '2026-03-10', issuer: 'UBND tỉnh', unknownElements: [] },
  ...{ typeName: 'Công văn', receivers: ['Văn phòng'] },
}
const gate = {
  secrecy: { absentMeansNormal: { authority: 'x 1' } },
  ...{ signals: [], issued: [], recalled: [], harmlessSuffixes: [], harmlessNames: [] },
  scope: {
    ...{ issuers: ['UBND tỉnh'], types: ['Công văn'], receivers: ['Văn phòng'] },
    fields: [{ field: 'steering', in: [1] }],
  },
}
const today = '2026-03-12'

function listing(headers: readonly Partial<Header>[], acknowledges = true) {
  const asked: unknown[] = []
  const connector = {
    can: { acknowledges },
    list: async (window: unknown) => {
      asked.push(window)
      const items = headers.map((_, at) => ({
        unreadable: false,
        ref: { transportRef: String(at), sourceRef: null },
      }))
      return { ok: true, value: { items: [...items, { unreadable: true }], next: null } }
    },
    read: async ({ transportRef }: { transportRef: string }) => ({
      ok: true,
      value: {
        header: { ...header, ...headers[Number(transportRef)] },
        business: 'new',
      } as Message,
    }),
  } as unknown as Connector
  return { connector, asked }
}
const profile = { gate, importFrom: '2026-03-01' }

it.each<[string, Partial<Header>[], RegExp]>([
  ['nothing where all passes', [{}, {}], /; 2 thông điệp.*phạm vi: 0 \//],
  ['what a hint leaves out', [{}, { fields: { steering: 0 } }], /: 1 scope\.fields \//],
  [
    'each part of the scope by name',
    [{ typeName: 'Giấy mời' }, { receivers: ['Sở A'] }, { typeName: 'Báo cáo' }],
    /: 2 scope\.types, 1 scope\.receivers \//,
  ],
  ['no other issuer', [{ issuer: 'Sở B', fields: { steering: 0 } }], /phạm vi: 0 \//],
  [
    'nothing that a mark or its form speaks against',
    [
      { subject: '(Tối mật) x', fields: {} },
      { number: null, fields: {} },
    ],
    /phạm vi: 0 \//,
  ],
])('counts %s', async (_, headers, says) => {
  const { connector, asked } = listing(headers)
  expect(await scopeAlone(connector, profile, today)).toMatch(says)
  expect(asked).toEqual([{ from: '2026-03-06', until: today }])
})

it('asks nothing of a source that keeps what it listed, and says nothing of an empty list', async () => {
  const register = listing([{}], false)
  expect(await scopeAlone(register.connector, profile, today)).toBe('')
  expect(register.asked).toEqual([])
  expect(await scopeAlone(listing([]).connector, profile, today)).toBe('')
})
