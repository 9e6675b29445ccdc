import { beforeAll, describe, expect, it } from 'vitest'
import { mailAt } from '#connectors/simulator/axis/mailbox.ts'
import { axisCanariesOf, docIdOf, documentIdOf } from '#connectors/simulator/axis/names.ts'
import { axisExpectedEligible } from '#connectors/simulator/axis/truth.ts'
import { axisWayOf, axisWays } from '#connectors/simulator/axis/ways.ts'
import { axisOffices } from '#connectors/simulator/axis-offices.ts'
import type { SimulatedDocument } from '#connectors/simulator/document.ts'
import {
  canariesOf,
  expectedEligible,
  makeRegister,
  type Register,
} from '#connectors/simulator/register.ts'
import { ways } from '#connectors/simulator/secrecy-ways.ts'
import { judgedFrom } from '#connectors/vxp/mapping.ts'
import {
  eligibility,
  type GateRules,
  type Header,
  statusEligibility,
} from '#src/domain/eligibility.ts'
import type { DocumentMessage } from '#src/edxml/message.ts'
import { type MessageRead, readMessage } from '#src/edxml/reader.ts'

const span = { from: '2026-03-02', until: '2026-05-29' }
const atTheEnd = new Date('2027-01-01T00:00:00Z')
const self = axisOffices.self

interface Told {
  readonly document: SimulatedDocument
  readonly bytes: Buffer
  readonly reading: MessageRead
  readonly message: DocumentMessage
}

let told: Told[]
const register = makeRegister({ seed: 'axis', ...span, perWorkingDay: 5, secretShare: 0.4 })

beforeAll(async () => {
  told = await Promise.all(
    newMessages(register).map(async ({ document, item }) => {
      const bytes = await item.bytes()
      const reading = await read(bytes)
      if (reading.message.kind !== 'document') throw new Error('expected a document')
      return { document, bytes, reading, message: reading.message }
    }),
  )
}, 60_000)

describe('a message of the axis', () => {
  it('is there for every released document, to our office and others, and for nothing else', () => {
    const ids = told.map(({ document }) => document.id)
    expect(ids.toSorted()).toEqual(register.documents.map(({ id }) => id).toSorted())
    const draft = register.documents.find(({ fate }) => fate === 'draft')!
    const before = new Date(draft.releasedAt.getTime() - 1)
    const docIds = (at: Date) => mail(register, at).map(({ docId }) => docId)
    expect(docIds(before)).not.toContain(docIdOf(draft))
    expect(docIds(draft.releasedAt)).toContain(docIdOf(draft))
    for (const { message } of told) expect(message.to[0]?.organId).toBe(self.organId)
    expect(told.some(({ message }) => message.to.length > 3)).toBe(true)
  })

  it('says what the register says', () => {
    for (const { document, message } of told.filter(isEligible)) {
      const { row, issuedOn } = document
      expect(message.from).toMatchObject(axisOffices.issuer)
      expect(message.documentId).toBe(documentIdOf(document))
      expect(`${message.number}/${message.symbol}`).toBe(row.notation.replace('\u2044', '/'))
      expect(message.subject).toBe(row.abstract)
      expect(message.content).toBe(document.content)
      expect(message.issuedOn).toBe(issuedOn)
      expect(message.type.name).toBe(row.doc_type_name)
      expect(message.signer).toMatchObject({ name: row.signer, position: row.signer_position })
      expect(message.other?.priority).toBe(row.urgent_id - 1)
      expect(message.steering).toBe(1)
      expect(message.business.kind).toBe('new')
      expect(message.toPlaces.join('; ')).toBe(row.recipients)
      expect(message.trace[0]).toMatchObject({ organId: axisOffices.issuer.organId })
    }
  })

  it('is readable without a problem but those of a way that nobody can know', () => {
    for (const { document, reading } of told) {
      const codes = new Set(reading.problems.map(({ code }) => code))
      const way = axisWayOf(document)?.name ?? ''
      const expected = way.startsWith('unknown element')
        ? ['unknownElement']
        : way.startsWith('unknown attribute')
          ? ['unknownAttribute']
          : []
      expect([way, [...codes]]).toEqual([way, expected])
    }
  })

  it('carries the files of the document, in whatever form', () => {
    for (const { document, message } of told) {
      const sizes = message.files.map(({ size, name }) => [name, size])
      const files = document.files.map((file) => [file.name, file.size()])
      expect(sizes).toEqual(files)
    }
  })

  it('comes in every form', () => {
    const texts = told.map(({ bytes }) => bytes.toString('latin1'))
    const official = texts.filter((text) => text.includes('<edXML:Bussiness>'))
    expect(official.length / texts.length).toBeGreaterThan(0.6)
    expect(texts.some((text) => !text.includes('Bussiness>'))).toBe(true)
    expect(texts.some((text) => !text.includes('edXML:'))).toBe(true)
    expect(texts.some((text) => /Encoded[^>]*>\r\n.{76}\r\n/.test(text))).toBe(true)
    expect(texts.some((text) => text.includes('<edXML:OrganId>null<'))).toBe(true)
    expect(texts.some((text) => text.includes('<edXML:ResponseFor />'))).toBe(true)
    const wrappings = told.flatMap(({ message }) => message.files.map(({ wrapping }) => wrapping))
    expect(wrappings.some((wrapping) => wrapping !== null)).toBe(true)
    const forms = told.map(({ message }) => message.documentId!)
    expect(forms.some((id) => /^[0-9a-f-]{36}$/.test(id))).toBe(true)
    expect(forms.some((id) => id.startsWith('VPUB-2026-'))).toBe(true)
    const usual = forms.filter((id) => /^000\.00\.\d\d\.H50,2026\/\d\d\/\d\d,\d+/.test(id))
    expect(usual.length / forms.length).toBeGreaterThan(0.8)
  })

  it('is the same for the same seed, and another for another', async () => {
    const bytesOf = async (of: Register) => {
      const { item } = newMessages(of)[7]!
      return [item.docId, (await item.bytes()).toString('base64')]
    }
    const again = makeRegister({ seed: 'axis', ...span, perWorkingDay: 5, secretShare: 0.4 })
    const other = makeRegister({ seed: 'other', ...span, perWorkingDay: 5, secretShare: 0.4 })
    expect(await bytesOf(again)).toEqual(await bytesOf(register))
    const docIds = new Set(register.documents.map(docIdOf))
    expect(docIds.size).toBe(register.documents.length)
    for (const document of other.documents) expect(docIds).not.toContain(docIdOf(document))
  })

  it('is larger than 4 MiB in the wanted share, by a file that can be read', async () => {
    const few = makeRegister({ seed: 3, from: '2026-03-02', until: '2026-03-04' })
    const items = mailAt({ register: few, self, largeShare: 1 }, atTheEnd)
    const bytes = await items[0]!.bytes()
    expect(bytes.length).toBeGreaterThan(4 * 1024 * 1024)
    const { message, problems } = await read(bytes)
    expect(problems).toEqual([])
    const files = message.kind === 'document' ? message.files : []
    expect(files.at(-1)).toMatchObject({
      mediaType: 'application/pdf',
      name: expect.stringMatching(/^Bản vẽ kèm theo/),
    })
  })
})

describe('the truth of the axis', () => {
  it('is that of the other face', () => {
    for (const at of [atTheEnd, new Date('2026-04-10T12:00:00+07:00')]) {
      const here = axisExpectedEligible(register, at)
      const there = expectedEligible(register, at)
      expect(here.map(({ id }) => id)).toEqual(there.map(({ id }) => id))
      expect(here.map(({ subject }) => subject)).toEqual(there.map(({ subject }) => subject))
    }
    const identities = axisExpectedEligible(register, atTheEnd).map(
      ({ organId, documentId }) => `${organId} ${documentId}`,
    )
    expect(new Set(identities).size).toBe(identities.length)
  })

  it('is told: the gate admits exactly what may pass', () => {
    for (const { document, message } of told) {
      const way = axisWayOf(document)?.name ?? null
      const verdict = eligibility(headerOf(message), rules)
      expect([document.id, way, verdict.admit]).toEqual([
        document.id,
        way,
        document.expected === 'eligible',
      ])
      expect(way === null).toBe(document.expected === 'eligible')
    }
  })

  it('is told for the reason that was meant', () => {
    for (const { document, message } of told.filter((one) => !isEligible(one))) {
      const way = axisWayOf(document)!.name
      const verdict = eligibility(headerOf(message), rules)
      const reason = verdict.admit ? null : verdict.reason
      expect([way, reason]).toEqual([way, expect.stringMatching(reasonOf(way))])
    }
  })

  it('is told in every way', () => {
    const met = new Set(
      [1, 2, 3].flatMap((seed) =>
        makeRegister({
          seed,
          from: '2026-01-05',
          until: '2026-12-31',
          secretShare: 0.5,
        }).documents.map((document) => axisWayOf(document)?.name),
      ),
    )
    for (const { name } of axisWays) expect(met).toContain(name)
    for (const { name, subject, symbol, summary, fileName } of ways)
      if (subject || symbol || summary || fileName) expect(met).toContain(name)
  })

  it('is not told by what only a register knows', () => {
    const ordinary = { secret_id: 1, register_code: 'VBDI', distribution_type: 1 }
    for (const { document } of told.filter((one) => !isEligible(one)))
      if (axisWayOf(document)?.name === document.way) expect(document.row).toMatchObject(ordinary)
  })
})

describe('the canary of a document that must not pass', () => {
  it('stands in every text, every file and every name of its message', () => {
    const refused = told.filter((one) => !isEligible(one))
    expect(refused.length).toBeGreaterThan(80)
    for (const { document, message } of refused) {
      const stem = document.canaries[0]!
      const { signer, other, business, place, subject, content, symbol } = message
      const staff = business.stated ? [business.reason, business.staff[0]?.department] : []
      const texts = [subject, content, symbol, signer.name, signer.position, place, other?.typist]
      for (const text of [...texts, ...staff, message.toPlaces.join()])
        expect(text?.toUpperCase()).toContain(stem)
      expect(message.files.length).toBeGreaterThan(0)
      for (const file of message.files) expect(file.name).toContain(stem)
      const canaries = canariesOf(register)
      expect(canaries).toContain(docIdOf(document))
      if (!message.documentId?.includes(stem)) expect(canaries).toContain(message.documentId)
      expect(axisCanariesOf(document)).not.toContain(stem)
    }
  })

  it('stands in nothing that may pass', () => {
    const open = told
      .filter(isEligible)
      .map(({ document, message }) => `${docIdOf(document)} ${JSON.stringify(message)}`)
      .join('\n')
    for (const canary of canariesOf(register)) {
      const asWritten = /^\d+$/.test(canary) ? `"cid:${canary}"` : canary
      expect(open).not.toContain(asWritten)
    }
  })
})

describe('what happens later', () => {
  const restless = makeRegister({ seed: 11, ...span, perWorkingDay: 20, changes: true })
  const later = (kind: string) =>
    restless.documents.filter(({ changes }) => changes.some((change) => change.kind === kind))

  it.each([
    ['recall', 'revoke'],
    ['update', 'update'],
  ])('comes as a message that names the earlier one: %s', async (change, business) => {
    const documents = later(change)
    expect(documents.length).toBeGreaterThan(3)
    for (const document of documents) {
      const { at } = document.changes[0]!
      const came = await documentsAt(restless, at)
      const about = came.filter((message) => message.business.documentId === documentIdOf(document))
      expect(about).toMatchObject([{ business: { kind: business }, from: axisOffices.issuer }])
      expect(about[0]!.documentId).not.toBe(documentIdOf(document))
      expect(eligibility(headerOf(about[0]!), rules).admit).toBe(true)
      if (change === 'update') expect(about[0]!.subject).toMatch(/nội dung điều chỉnh/)
      const held = axisExpectedEligible(restless, at).find(({ id }) => id === document.id)
      expect(held?.recalled).toBe(change === 'recall')
      if (change === 'update') expect(held?.subject).toBe(about[0]!.subject)
    }
  })

  it('comes with the successor that replaces', async () => {
    const documents = later('replace')
    expect(documents.length).toBeGreaterThan(3)
    for (const document of documents) {
      const { at } = document.changes[0]!
      const came = await documentsAt(restless, at)
      const successor = came.find(({ business }) => business.kind === 'replace')!
      expect(successor.business.replaces).toEqual([
        { documentId: documentIdOf(document), organIds: [self.organId] },
      ])
      const held = axisExpectedEligible(restless, at)
      expect(held.find(({ id }) => id === document.id)?.replacedBy).toBe(successor.documentId)
      expect(held.map(({ documentId }) => documentId)).toContain(successor.documentId)
    }
  })

  it('is announced by some with a request to give it back', async () => {
    const asked = mail(restless, atTheEnd).filter(({ messageType }) => messageType === 'status')
    expect(asked.length).toBeGreaterThan(0)
    for (const item of asked) {
      const { message, problems } = await read(await item.bytes())
      expect(problems).toEqual([])
      expect(message).toMatchObject({ kind: 'status', code: '13', from: axisOffices.issuer })
      const [responseFor] = message.responseFor
      expect(responseFor?.organId).toBe(self.organId)
      const recalled = later('recall').map(documentIdOf)
      expect(recalled).toContain(responseFor?.documentId)
    }
  })

  it('is a level that can only be printed', async () => {
    const { documents } = makeRegister({ seed: 5, from: '2026-03-02', until: '2026-03-06' })
    const document = documents.find(({ expected }) => expected === 'eligible')!
    const at = new Date('2026-03-20T09:00:00+07:00')
    document.changes.push({ kind: 'markSecret', level: 3, at })
    const of = { documents: [document], byId: () => document }
    const [update] = await documentsAt(of, at)
    expect(update).toMatchObject({ business: { documentId: documentIdOf(document) } })
    expect(eligibility(headerOf(update!), rules)).toMatchObject({ admit: false, positive: true })
    expect(axisExpectedEligible(of, at)).toEqual([])
    expect(axisExpectedEligible(of, new Date(at.getTime() - 1))).toHaveLength(1)
  })

  it('passes the gate as a status', async () => {
    const [item] = mail(restless, atTheEnd).filter(({ messageType }) => messageType === 'status')
    const { header } = judgedFrom(await read(await item!.bytes()))
    expect(header.texts).toContain('Yêu cầu lấy lại văn bản')
    expect(statusEligibility(header, rules).admit).toBe(true)
  })
})

function isEligible({ document }: Told): boolean {
  return document.expected === 'eligible'
}

function mail(of: Register, at: Date) {
  return mailAt({ register: of, self, largeShare: 0 }, at)
}

function newMessages(of: Register) {
  const items = new Map(mail(of, atTheEnd).map((item) => [item.docId, item]))
  return of.documents.flatMap((document) => {
    const item = items.get(docIdOf(document))
    return item ? [{ document, item }] : []
  })
}

async function documentsAt(of: Register, at: Date): Promise<DocumentMessage[]> {
  const items = mail(of, at).filter((one) => +one.createdAt === +at && one.messageType === 'edoc')
  const readings = await Promise.all(items.map(async (item) => read(await item.bytes())))
  return readings.flatMap(({ message }) => (message.kind === 'document' ? [message] : []))
}

async function read(bytes: Buffer): Promise<MessageRead> {
  const reading = await readMessage(pieces(bytes))
  if (!reading.readable) throw new Error(reading.problems.at(-1)?.message)
  readings.set(reading.message, reading)
  return reading
}

async function* pieces(bytes: Buffer) {
  yield bytes
}

function reasonOf(way: string): RegExp {
  // What stands in an unknown place is looked at as well.
  if (way.startsWith('unknown')) return /^(unknownElement|markInText)$/
  if (way.startsWith('symbol')) return /^(secretSuffix|markInSymbol)$/
  if (way.startsWith('subject')) return /^(markInSubject|undecipherable)$/
  if (way.startsWith('file name')) return /^(markInFileName|undecipherable)$/
  if (way.startsWith('mark') || way.startsWith('summary')) return /^markInText$/
  if (way.startsWith('steering')) return /^fieldOutOfScope$/
  return way === 'issuer' ? /^issuerOutOfScope$/ : /^typeOutOfScope$/
}

/** As the gate is shown it. */
function headerOf(message: DocumentMessage): Header {
  return judgedFrom(readings.get(message)!).header
}

const readings = new WeakMap<object, MessageRead>()

const rules: GateRules = {
  secrecy: { absentMeansNormal: { authority: 'of this test' } },
  signals: [],
  issued: [],
  recalled: [],
  scope: {
    issuers: [axisOffices.issuer.name],
    types: [
      ...['Quyết định', 'Chỉ thị', 'Quy chế', 'Chương trình', 'Kế hoạch', 'Đề án', 'Công văn'],
      ...['Công điện', 'Thông báo', 'Phiếu chuyển'],
    ],
    receivers: [self.name],
    fields: [{ field: 'steering', in: [1] }],
  },
  harmlessSuffixes: [],
}
