import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { docIdOf } from '#connectors/simulator/axis/names.ts'
import { axisExpectedEligible } from '#connectors/simulator/axis/truth.ts'
import { axisOffices } from '#connectors/simulator/axis-offices.ts'
import type { Simulator } from '#connectors/simulator/control.ts'
import type { FaultKind } from '#connectors/simulator/faults.ts'
import { makeRegister } from '#connectors/simulator/register.ts'
import { startSimulator } from '#connectors/simulator/simulator.ts'
import { manualClock } from '#src/domain/clock.ts'
import { localDateOf } from '#src/domain/local-date.ts'
import type { DocumentDraft } from '#src/edxml/draft.ts'
import { readMessage } from '#src/edxml/reader.ts'
import { writeDocument, writeStatus } from '#src/edxml/writer.ts'
import {
  type Call,
  call,
  credentials,
  type Header,
  type Heard,
  listing,
  onTheWire,
  said,
  sending,
  signedAgain,
  transcript,
} from './simulator-axis-caller.ts'

const register = makeRegister({ seed: 21, from: '2026-03-02', until: '2026-04-30' })
const evening = new Date('2026-04-10T20:00:00+07:00')
const released = register.documents.filter(({ releasedAt }) => releasedAt <= evening)
const document = released.find(({ expected, files }) => expected === 'eligible' && files.length)!
const docId = docIdOf(document)
const self = axisOffices.self.organId
const open: Simulator[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((simulator) => simulator.stop()))
})

async function start(more: Partial<Parameters<typeof startSimulator>[0]> = {}) {
  const clock = manualClock(evening)
  const axis = { ...credentials, organId: self }
  const simulator = await startSimulator({ register, clock, token: 't', axis, ...more })
  open.push(simulator)
  const ask = (operation: string, of: Call = {}) => call(simulator.url, operation, of)
  const listed = async (messagetype: string, more: Record<string, string> = {}) => {
    const parameters = { ...listing(messagetype), ...more }
    return said(await ask('getReceivedEdocList', { parameters })).data
  }
  return { simulator, clock, ask, listed, axis: simulator.axis! }
}

const ofTheTranscripts = {
  organId: '000.00.00.H99',
  agencies: ['15', '16'].map((unit) => ({ organId: `000.00.${unit}.H99`, name: `Sở ${unit}` })),
}

describe('a request of the official client', () => {
  const replay = async (name: string, change = (text: string) => text, body?: Buffer) => {
    const { simulator, axis } = await start({ axis: { ...credentials, ...ofTheTranscripts } })
    const recorded = transcript(name)
    const headers = recorded.headers.map(([one, value]): Header => [one, change(value)])
    const startLine = recorded.start.replace(' /', ' /vxp/')
    const sent = body ?? recorded.body
    const heard = await onTheWire(simulator.url, startLine, signedAgain(headers), sent)
    expect(axis.requests().unauthorized).toBe(0)
    return { heard, axis }
  }

  it.each(['004-getReceivedEdocList-ok', '005-getReceivedEdocList-ok', '008-getSentEdocList-ok'])(
    'is taken as it was recorded: %s',
    async (name) => {
      const { heard } = await replay(name)
      expect(said(heard)).toMatchObject({ status: 'OK', ErrorCode: '0', data: expect.any(Array) })
    },
  )

  it.each(['006-getEdoc-ok', '007-updateStatus-ok', '011-downloadEdoc-ok'])(
    'is taken as it was recorded, and with a docId that there is: %s',
    async (name) => {
      const unknown = await replay(name)
      expect(said(unknown.heard)).toMatchObject({ status: 'FAIL', ErrorCode: '21' })
      const theirs = '5a1f0a52-0000-4000-8000-000000000001'
      const { heard, axis } = await replay(name, (value) => value.replace(theirs, docId))
      expect(heard.status).toBe(200)
      if (name.startsWith('011')) expect(heard.body.toString()).toMatch(/^<\?xml/)
      else expect(said(heard)).toMatchObject({ status: 'OK' })
      if (name.startsWith('007')) expect(axis.acknowledged().get(docId)).toBe('done')
      expect(heard.continued).toBe(!name.startsWith('011'))
    },
  )

  it.each([
    ['014-sendEdoc-ok', '01-new-one-attachment', 5359],
    ['015-sendEdoc-ok', 'status-03', 1757],
  ])('is taken as it was recorded, with the quirk of its hash: %s', async (name, file, length) => {
    const bytes = readFileSync(new URL(`../fixtures/edxml/${file}.edxml`, import.meta.url))
    const body = Buffer.concat([bytes, Buffer.from('\r\n')])
    expect(body.length).toBe(length)
    const { heard, axis } = await replay(name, undefined, body)
    expect(said(heard)).toMatchObject({ status: 'OK', DocId: axis.sent()[0]?.docId })
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    expect(axis.sent()).toMatchObject([{ sha256, size: bytes.length, from: '000.00.00.H99' }])
  })
})

describe('the door of the axis', () => {
  const refusals: [string, Call][] = [
    ['another secret', { secret: 'other' }],
    ['another system', { systemId: 'sys.test.02' }],
    [
      'a header changed after it was signed',
      { tamper: set('XroadVnpt-docId', docIdOf(released[1]!)) },
    ],
    ['a header that was not signed', { tamper: (all) => [...all, ['XroadVnpt-status', 'done']] }],
    ['a header sent twice', { tamper: (all) => [...all, ['XroadVnpt-docId', docId]] }],
    ['a signed header left out', { tamper: without('XroadVnpt-docId') }],
    ['no version', { tamper: without('XroadVnpt-version') }],
    ['no signature', { tamper: without('XroadVnpt-hash-header') }],
    ['no key list', { tamper: without('XroadVnpt-sign-header-key') }],
    ['another key list', { tamper: set('XroadVnpt-sign-header-key', 'systemid') }],
    ['another time', { tamper: set('XroadVnpt-timestamp', '22112026T175707+0339') }],
  ]

  it.each(refusals)('is shut to %s', async (_what, of) => {
    const { ask, axis } = await start()
    const heard = await ask('getEdoc', { parameters: { docId }, body: '{}', ...of })
    expect(heard.status).toBe(200)
    expect(said(heard)).toEqual({
      status: 'FAIL',
      ErrorCode: '15',
      ErrorDesc: expect.stringMatching(/\p{L}/u),
    })
    expect(axis.requests()).toMatchObject({ unauthorized: 1, getEdoc: 0 })
  })

  it('says FAIL with status 500 where the plan says so', async () => {
    const { ask } = await start({ faults: { failStatus: 500 } })
    const heard = await ask('getEdoc', { secret: 'other' })
    expect([heard.status, said(heard).ErrorCode]).toEqual([500, '15'])
  })

  it('takes header names in any case, and what earlier calls left behind', async () => {
    const { ask } = await start()
    const left = { fromDate: '2025/03/01', status: 'done', filePath: 'store/xml' }
    const lower = (all: Header[]) => all.map(([name, value]): Header => [name.toLowerCase(), value])
    const heard = await ask('getEdoc', { parameters: { docid: docId, ...left }, tamper: lower })
    expect(said(heard).status).toBe('OK')
  })

  it('is not there without an axis, nor for what the axis does not offer', async () => {
    const { ask, axis } = await start()
    expect((await ask('getEverything')).status).toBe(404)
    expect((await ask('getEdoc', { method: 'GET' })).status).toBe(404)
    expect((await ask('getEdoc/x')).status).toBe(404)
    expect(axis.requests()).toMatchObject({ unknown: 3, unauthorized: 0 })
    const plain = await startSimulator({ register, clock: manualClock(evening), token: 't' })
    open.push(plain)
    expect(plain.axis).toBeNull()
    expect((await call(plain.url, 'getReceivedEdocList')).status).toBe(404)
  })

  it('stands beside that of the other face', async () => {
    const { simulator } = await start()
    const headers = { authorization: 'Bearer t' }
    const answer = await fetch(`${simulator.url}/api/van-ban-di`, { headers })
    expect(answer.status).toBe(200)
    expect(simulator.axis?.url).toBe(`${simulator.url}/vxp`)
  })
})

describe('the received list', () => {
  it('lists everything that has come, in the words of the official client', async () => {
    const { listed, clock } = await start()
    const rows = await listed('edoc')
    expect(rows.map((row) => row.docId).toSorted()).toEqual(released.map(docIdOf).toSorted())
    const row = rows.find((one) => one.docId === docId)
    const at = expect.stringMatching(/^2026\/\d\d\/\d\d \d\d:\d\d:\d\d$/)
    expect(row).toEqual({
      ...{ docId, serviceType: 'eDoc', messageType: 'edoc', created_time: at, updated_time: at },
      ...{ from: '000.00.00.H50', to: self, status: 'initial', status_desc: 'Khởi tạo' },
    })
    clock.advance(7 * 86_400_000)
    expect((await listed('edoc')).length).toBeGreaterThan(rows.length)
    expect(await listed('status')).toEqual([])
  })

  it('keeps to the days it is asked for, in both forms', async () => {
    const { listed, ask } = await start()
    const within = released.filter(({ releasedAt }) => {
      const day = localDateOf(releasedAt)
      return day >= '2026-04-06' && day <= '2026-04-08'
    })
    for (const [fromDate, toDate] of [
      ['2026/04/06', '2026/04/08'],
      ['06/04/2026 00:00:00', '08/04/2026 23:59:59'],
    ] as const) {
      const rows = await listed('edoc', { fromDate, toDate })
      expect(rows.map((row) => row.docId).toSorted()).toEqual(within.map(docIdOf).toSorted())
    }
    const parameters = { ...listing('edoc'), fromDate: '2026-04-06' }
    expect(said(await ask('getReceivedEdocList', { parameters })).status).toBe('FAIL')
  })

  it.each(['done', 'fail'] as const)('lists a message until it is acknowledged: %s', async (as) => {
    const { listed, ask, axis } = await start()
    const isListed = async () => (await listed('edoc')).find((row) => row.docId === docId)?.status
    await ask('getEdoc', { parameters: { docId }, body: '{}' })
    expect(await isListed()).toBe('initial')
    const acknowledge = (status: string) =>
      ask('updateStatus', { parameters: { docId, status }, body: '{}' })
    expect(said(await acknowledge('03')).status).toBe('FAIL')
    await acknowledge('processing')
    expect(await isListed()).toBe('processing')
    expect(said(await acknowledge(as)).status).toBe('OK')
    expect(await isListed()).toBeUndefined()
    expect([...axis.acknowledged()]).toEqual([[docId, as]])
    expect(axis.requests()).toMatchObject({ getEdoc: 1, updateStatus: 3 })
  })
})

describe('a message', () => {
  it('is the same by both ways to fetch it, and is the document', async () => {
    const { ask, axis } = await start()
    const parameters = { docId, filePath: 'store/xml' }
    const encoded = said(await ask('getEdoc', { parameters, body: '{}' })).data
    const fetched = Buffer.from(encoded, 'base64')
    const downloaded = await ask('downloadEdoc', { parameters })
    expect(downloaded.head).toMatch(/content-type: application\/octet-stream/i)
    expect(downloaded.body.equals(fetched)).toBe(true)
    const reading = await readMessage(pieces(fetched))
    const held = axisExpectedEligible(register, evening).find((one) => one.docId === docId)
    expect(reading).toMatchObject({
      readable: true,
      message: { documentId: held?.documentId, subject: held?.subject },
    })
    expect(axis.requests()).toMatchObject({ getEdoc: 1, downloadEdoc: 1 })
  })

  it('is unknown before it has come, as is any other', async () => {
    const { ask } = await start()
    const future = register.documents.find(({ releasedAt }) => releasedAt > evening)!
    for (const unknown of [docIdOf(future), '1']) {
      const heard = await ask('getEdoc', { parameters: { docId: unknown } })
      expect(said(heard)).toMatchObject({ status: 'FAIL', ErrorCode: '21' })
    }
  })
})

describe('a message that is sent', () => {
  const from = self

  it('is recorded each time, with what it says, and stands in the sent list', async () => {
    const { ask, axis } = await start()
    const file = await reply()
    const first = said(await ask('sendEdoc', sending(file, { from })))
    const again = said(await ask('sendEdoc', sending(file, { from })))
    expect(first.DocId).not.toBe(again.DocId)
    expect(axis.sent().map((sent) => sent.docId)).toEqual([first.DocId, again.DocId])
    const sha256 = createHash('sha256').update(file).digest('hex')
    expect(axis.sent()[0]).toMatchObject({
      ...{ messageType: 'edoc', from, to: ['000.00.00.H50', '000.00.02.H50'], at: evening },
      ...{ sha256, size: file.length, message: { subject: 'Báo cáo kết quả' } },
      files: [{ name: 'Báo cáo.pdf', size: 9 }],
    })
    const rows = said(await ask('getSentEdocList', { parameters: listing('edoc') })).data
    expect(rows.map((row) => [row.senderDocId, row.toCode])).toEqual([
      [first.DocId, '000.00.00.H50'],
      [first.DocId, '000.00.02.H50'],
      [again.DocId, '000.00.00.H50'],
      [again.DocId, '000.00.02.H50'],
    ])
    expect(rows[0]).toMatchObject({
      ...{ title: 'Báo cáo kết quả', notation: '15/BC-VP', fromCode: from, messageType: 'edoc' },
      sentTime: '2026/04/10 20:00:00',
    })
    expect(new Set(rows.map((row) => row.receiverDocId)).size).toBe(4)
    const one = { ...listing('edoc'), docId: again.DocId }
    expect(said(await ask('getSentEdocList', { parameters: one })).data).toHaveLength(2)
  })

  it('is a status without a title, by the code it answers', async () => {
    const { ask, axis } = await start()
    const file = status()
    const to = JSON.stringify(['000.00.00.H50'])
    const sent = await ask('sendEdoc', sending(file, { from, to, messagetype: 'status' }))
    expect(said(sent).status).toBe('OK')
    expect(axis.sent()).toMatchObject([{ messageType: 'status', to: ['000.00.00.H50'], files: [] }])
    const rows = said(await ask('getSentEdocList', { parameters: listing('status') })).data
    expect(rows).toMatchObject([{ title: '', notation: '780/UBND-NNMT', messageType: 'status' }])
    expect(said(await ask('getSentEdocList', { parameters: listing('edoc') })).data).toEqual([])
  })

  it('is answered later with statuses by those who received it', async () => {
    const { ask, listed, clock } = await start()
    const file = await reply()
    await ask('sendEdoc', sending(file, { from }))
    expect(await listed('status')).toEqual([])
    clock.advance(3_600_000)
    const rows = await listed('status')
    const codes: (string | null)[] = []
    for (const row of rows) {
      const heard = await ask('getEdoc', { parameters: { docId: row.docId! } })
      const reading = await readMessage(pieces(Buffer.from(said(heard).data, 'base64')))
      if (!reading.readable || reading.message.kind !== 'status') throw new Error('not a status')
      const { code, responseFor, from: sender } = reading.message
      expect(responseFor).toEqual([
        { organId: self, code: '15/BC-VP', documentId: 'reply-1', issuedOn: '2026-04-10' },
      ])
      expect(sender?.organId).toBe(row.from)
      codes.push(code)
    }
    expect(codes.filter((code) => code === '01')).toHaveLength(2)
    expect(codes.filter((code) => code === '03').length).toBeLessThanOrEqual(2)
    await ask('updateStatus', { parameters: { docId: rows[0]!.docId!, status: 'done' } })
    expect(await listed('status')).toHaveLength(rows.length - 1)
  })

  it('may come without the line end, and with either form of its hash', async () => {
    const { ask } = await start()
    const file = await reply()
    const digest = createHash('sha256').update(file).digest()
    const short = [...digest].map((byte) => byte.toString(16)).join('')
    const { parameters } = sending(file, { from })
    for (const body of [file, Buffer.concat([file, Buffer.from('\r\n')])])
      for (const hash of [digest.toString('hex'), short]) {
        const heard = await ask('sendEdoc', {
          parameters: { ...parameters, 'hash-file': hash },
          body,
        })
        expect(said(heard).status).toBe('OK')
      }
  })

  it.each<[string, string, Record<string, string>, (file: Buffer) => Buffer]>([
    ['a hash of something else', '10', { 'hash-file': '0'.repeat(64) }, same],
    ['a receiver that is not registered', '18', { to: '["000.00.77.H77"]' }, same],
    ['no receiver', '18', { to: '[]' }, same],
    ['a sender that is not registered', '19', { from: '000.00.77.H77' }, same],
    ['what is not edXML', '22', {}, () => Buffer.from('<a/>')],
    ['half a message', '22', {}, (file) => file.subarray(0, file.length / 2)],
    ['a message that says too little', '22', {}, (file) => cut(file, 'edXML:Subject')],
    ['a document as a status', '22', { messagetype: 'status' }, same],
    ['receivers that are no list', '20', { to: '000.00.00.H50' }, same],
  ])('is refused with %s', async (_what, code, more, change) => {
    const { ask, axis } = await start()
    const heard = await ask('sendEdoc', sending(change(await reply()), { from, ...more }))
    expect(said(heard)).toMatchObject({ status: 'FAIL', ErrorCode: code })
    expect(axis.sent()).toEqual([])
  })
})

describe('a fault', () => {
  const asking: Record<string, [string, Call]> = {
    list: ['getReceivedEdocList', { parameters: listing('edoc') }],
    get: ['getEdoc', { parameters: { docId } }],
    download: ['downloadEdoc', { parameters: { docId } }],
    agencies: ['getAgenciesList', {}],
  }

  it.each(Object.values(asking))(
    'strikes %s with 500, 502 or 503, then lets it through',
    async (...of) => {
      const { ask, simulator } = await start()
      simulator.faults.arm('serverError', 20)
      const statuses = new Set<number | null>()
      for (let at = 0; at < 20; at += 1) {
        const heard = await ask(...of)
        statuses.add(heard.status)
        if (heard.status === 500) expect(said(heard).status).toBe('FAIL')
        else expect(heard.body.toString()).toMatch(/^<!doctype html>/)
      }
      for (const status of statuses) expect([500, 502, 503]).toContain(status)
      expect((await ask(...of)).status).toBe(200)
    },
  )

  const spoils = {
    htmlPage: ({ status, body }) =>
      expect([status, body.toString()]).toEqual([200, expect.stringMatching(/^<!doctype html>/)]),
    cutJson: (spoilt) => {
      expect(announced(spoilt)).toBe(spoilt.body.length)
      expect(() => said(spoilt)).toThrow(SyntaxError)
    },
    cutBody: (spoilt, whole) => {
      expect([spoilt.status, announced(spoilt)]).toEqual([200, whole.body.length])
      expect(spoilt.body.length).toBeLessThan(whole.body.length)
    },
    dropped: ({ status }) => expect(status).toBeNull(),
    failAnswer: (spoilt) => {
      expect(spoilt.status).toBe(200)
      expect(said(spoilt)).toMatchObject({ status: 'FAIL', ErrorCode: '20' })
    },
    detailError: ({ status }) => expect([500, 502, 503]).toContain(status),
  } satisfies Partial<Record<FaultKind, (spoilt: Heard, whole: Heard) => void>>

  it.each<[keyof typeof spoils, string]>([
    ['htmlPage', 'list'],
    ['htmlPage', 'download'],
    ['cutJson', 'list'],
    ['cutJson', 'get'],
    ['cutBody', 'list'],
    ['cutBody', 'get'],
    ['cutBody', 'download'],
    ['dropped', 'get'],
    ['failAnswer', 'list'],
    ['failAnswer', 'get'],
    ['failAnswer', 'download'],
    ['detailError', 'get'],
    ['detailError', 'download'],
  ])('of kind %s spoils one answer: %s', async (kind, which) => {
    const { ask, simulator } = await start()
    const [operation, of] = asking[which]!
    const whole = await ask(operation, of)
    simulator.faults.arm(kind)
    spoils[kind](await ask(operation, of), whole)
    expect(simulator.faults.counts()[kind]).toBe(1)
    expect((await ask(operation, of)).body.equals(whole.body)).toBe(true)
  })

  it('of a detail does not strike a list, nor an acknowledgement', async () => {
    const { ask, simulator } = await start()
    simulator.faults.arm('detailError')
    for (const [operation, of] of [asking.list!, asking.agencies!])
      expect((await ask(operation, of)).status).toBe(200)
    const parameters = { docId, status: 'done' }
    expect((await ask('updateStatus', { parameters })).status).toBe(200)
  })

  it('shows a row twice', async () => {
    const { listed, simulator } = await start()
    const right = await listed('edoc')
    simulator.faults.arm('duplicateRows')
    const wrong = await listed('edoc')
    expect(wrong.length).toBe(right.length + 1)
    expect(new Set(wrong.map((row) => row.docId)).size).toBe(right.length)
  })

  it('answers late', async () => {
    const { ask, simulator } = await start({ faults: { latencyMs: [80, 80] } })
    simulator.faults.arm('latency')
    const begun = performance.now()
    await ask(...asking.list!)
    // Timers may fire a little early; without the fault nothing waits at all.
    expect(performance.now() - begun).toBeGreaterThan(70)
  })

  it('loses the answer of a send that stands in the sent list all the same', async () => {
    const { ask, simulator, axis } = await start()
    simulator.faults.arm('answerLost')
    const refused = sending(await reply(), { from: 'nobody' })
    expect(said(await ask('sendEdoc', refused)).ErrorCode).toBe('19')
    const lost = await ask('sendEdoc', sending(await reply(), { from: self }))
    expect(lost.status).toBeNull()
    expect(axis.sent()).toHaveLength(1)
    const rows = said(await ask('getSentEdocList', { parameters: listing('edoc') })).data
    expect(rows.map((row) => row.notation)).toEqual(['15/BC-VP', '15/BC-VP'])
  })

  it('drops a send before it took effect', async () => {
    const { ask, simulator, axis } = await start()
    simulator.faults.arm('dropped')
    const lost = await ask('sendEdoc', sending(await reply(), { from: self }))
    expect([lost.status, axis.sent()]).toEqual([null, []])
  })

  it('lets every message through in the end, and goes on with a list', async () => {
    const { ask } = await start({ faults: { rates: { failAnswer: 1 }, atMost: 2 } })
    const outcomes = async ([operation, of]: [string, Call]) => {
      const found: string[] = []
      for (let at = 0; at < 6; at += 1) found.push(said(await ask(operation, of)).status)
      return found
    }
    expect(await outcomes(asking.get!)).toEqual(['FAIL', 'FAIL', 'OK', 'OK', 'OK', 'OK'])
    expect(await outcomes(asking.list!)).toEqual(['FAIL', 'FAIL', 'OK', 'FAIL', 'FAIL', 'OK'])
  })
})

describe('what a test may ask', () => {
  it('is told from outside as well', async () => {
    const { ask, simulator } = await start()
    await ask('sendEdoc', sending(await reply(), { from: self }))
    await ask('updateStatus', { parameters: { docId, status: 'fail' } })
    const told = (what: string) =>
      fetch(`${simulator.url}/_simulator/${what}`).then((answer) => answer.json())
    expect(await told('axis')).toMatchObject({
      url: `${simulator.url}/vxp`,
      sent: [{ to: ['000.00.00.H50', '000.00.02.H50'], at: evening.toISOString() }],
      acknowledged: { [docId]: 'fail' },
      requests: { sendEdoc: 1, updateStatus: 1 },
    })
    const expected = axisExpectedEligible(register, evening)
    expect(await told('axis/expected')).toEqual(expected)
    expect(expected.length).toBeGreaterThan(50)
    const refused = released.find(({ expected: truth }) => truth === 'notEligible')!
    expect(await told('canaries')).toContain(docIdOf(refused))
  })

  it('is the directory', async () => {
    const { ask } = await start()
    const rows = said(await ask('getAgenciesList')).data
    const { issuer, units } = axisOffices
    const offices = [issuer, axisOffices.self, ...units]
    expect(rows.map(({ code, name }) => ({ organId: code, name }))).toEqual(offices)
    expect(Object.keys(rows[0]!)).toEqual(['id', 'pid', 'code', 'name', 'mail', 'oldCode'])
  })

  it('is told in the forms of its other lists, and can be changed', async () => {
    const { ask } = await start()
    const [first] = said(await ask('getAgenciesListQD20')).data
    expect(Object.keys(first!)).toEqual(['id', 'code', 'name', 'mail', 'code102'])
    const all = said(await ask('getAgenciesListQD20')).data.length
    const provinces = said(await ask('getAgenciesListQD20', { parameters: { level: '1' } })).data
    expect(provinces.length).toBeLessThan(all)
    const [unit] = said(await ask('getSynchronizeUnit')).data
    expect(Object.keys(unit!)).toEqual([
      ...['id', 'pid', 'code', 'name', 'mail', 'version', 'centerCode'],
      ...['deleted', 'modifyDate', 'isAgency'],
    ])
    const code = '000.00.77.H50'
    const body = JSON.stringify({
      id: '',
      pcode: '000.00.00.H50',
      code,
      name: 'Sở mới',
      mail: 'a@b',
    })
    const codes = async () => said(await ask('getAgenciesList')).data.map((row) => row.code)
    expect(said(await ask('registerAgency', { body })).status).toBe('OK')
    expect(await codes()).toContain(code)
    const gone = { parameters: { AgencyCode: code }, body: '{}' }
    expect(said(await ask('deleteAgency', gone)).status).toBe('OK')
    expect(await codes()).not.toContain(code)
    expect(said(await ask('deleteAgency', gone))).toMatchObject({ status: 'FAIL', ErrorCode: '18' })
    for (const wrong of ['{}', 'x', '[]', '{"code":1}'])
      expect(said(await ask('registerAgency', { body: wrong })).status).toBe('FAIL')
  })

  it.each([
    ['countReceiveEdoc', 'edoc'],
    ['countReceiveStatus', 'status'],
  ])('%s counts what is listed', async (operation, messagetype) => {
    const { ask } = await start()
    const listed = said(await ask('getReceivedEdocList', { parameters: listing(messagetype) })).data
    const { count } = said(await ask(operation, { body: '{}' })) as unknown as { count: number }
    expect(count).toBe(listed.length)
  })
})

function announced({ head }: Heard): number {
  return Number(/content-length: (\d+)/i.exec(head)?.[1])
}

function set(name: string, value: string) {
  return (all: Header[]) => all.map(([one, was]): Header => [one, one === name ? value : was])
}

function without(name: string) {
  return (all: Header[]) => all.filter(([one]) => one !== name)
}

function same(file: Buffer): Buffer {
  return file
}

function cut(file: Buffer, element: string): Buffer {
  return Buffer.from(
    file.toString().replace(new RegExp(`<${element}>.*?</${element}>\\s*`, 's'), ''),
  )
}

async function* pieces(bytes: Buffer) {
  yield bytes
}

const office = (organId: string, name: string) => ({
  ...{ organId, name, inCharge: null, address: null, email: null },
  ...{ telephone: null, fax: null, website: null },
})

async function reply(): Promise<Buffer> {
  const draft: DocumentDraft = {
    from: office(self, 'Văn phòng Ủy ban nhân dân tỉnh'),
    to: [office('000.00.00.H50', 'UBND tỉnh'), office('000.00.02.H50', 'Sở Xây dựng')],
    ...{ documentId: 'reply-1', number: '15', symbol: 'BC-VP', place: null },
    ...{ issuedOn: '2026-04-10', type: { code: 2, detail: 0, name: 'Báo cáo' } },
    ...{ subject: 'Báo cáo kết quả', content: null, dueOn: null, other: null, steering: 2 },
    signer: { name: 'Đặng Văn', position: null, competence: null },
    ...{ responseFor: [], taskCodes: [], applicationType: null, toPlaces: [] },
    business: {
      ...{ kind: 'new', stated: true, documentId: null, reason: null, paper: 0 },
      ...{ changes: null, replaces: [], staff: [] },
    },
    tracePaper: null,
    trace: [{ organId: self, at: evening }],
  }
  const open = () => pieces(Buffer.from('%PDF-1.7\n'))
  const chunks: Buffer[] = []
  const files = [{ id: 'f1', name: 'Báo cáo.pdf', description: null, open }]
  for await (const chunk of writeDocument(draft, files)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function status(): Buffer {
  return writeStatus({
    from: office(self, 'Văn phòng Ủy ban nhân dân tỉnh'),
    responseFor: [
      {
        organId: '000.00.00.H50',
        code: '780/UBND-NNMT',
        documentId: '000.00.00.H50,2026/04/01,780/UBND-NNMT',
        issuedOn: '2026-04-01',
      },
    ],
    ...{ code: '03', description: 'Đã tiếp nhận', at: evening, staff: null },
  })
}
