import { Readable } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import type { Delivery } from '#connectors/connector.ts'
import { parseStrictJson } from '#connectors/http/strict-json.ts'
import { connectRest } from '#connectors/rest/rest.ts'
import { fillBody } from '#connectors/rest/template.ts'
import { replyTo } from './contract.ts'
import { openRegister, profileAt, row } from './paged-register.ts'

const opened: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})

async function register() {
  const far = await openRegister([row(1)])
  opened.push(far)
  return far
}

type Reply = Extract<Delivery, { kind: 'reply' }>
const changed = (more: Partial<Reply['reply']>): Reply => {
  const delivery = replyTo('1')
  return { ...delivery, reply: { ...delivery.reply, ...more } }
}
const file = (size: number, content: string) => ({
  name: 'a.pdf',
  mediaType: 'application/pdf',
  size,
  open: async () => Readable.from([Buffer.from(content)]),
})

describe('the body of a reply', () => {
  it('says everything in the words of the source', async () => {
    const { address, state } = await register()
    await connectRest(profileAt(address), {}).send(replyTo('1'))
    expect(state.replies[0]?.body).toEqual({
      ma_tra_loi: '0f5f6c1e-1d0a-4a83-9c2e-3a52b6f6a001',
      ket_qua: 'hoan_thanh',
      ngay_hoan_thanh: '2026-03-20',
      dien_giai: 'Đã hoàn thành việc rà soát',
      don_vi: { ma: 'H50.12', ten: 'Sở Nông nghiệp và Môi trường' },
      van_ban: {
        so: '112',
        ky_hieu: 'SNNMT-VP',
        ngay: '2026-03-19',
        loai: 'Công văn',
        trich_yeu: 'Về kết quả rà soát',
        nguoi_ky: 'Nguyễn Văn B',
      },
      tep: [
        {
          ten: 'tra-loi.pdf',
          loai: 'application/pdf',
          noi_dung: Buffer.from('%PDF-1.4 trả lời').toString('base64'),
        },
      ],
    })
  })

  it('is null where there is no document, and empty where there are no files', async () => {
    const { address, state } = await register()
    const bare = changed({ document: null, files: [], completedOn: null, outcome: 'returned' })
    await connectRest(profileAt(address), {}).send(bare)
    expect(state.replies[0]?.body).toMatchObject({
      ket_qua: 'tra_lai',
      ngay_hoan_thanh: null,
      van_ban: null,
      tep: [],
    })
  })

  it("bears the province's name where the profile says so", async () => {
    const { address, state } = await register()
    const profile = profileAt(address)
    const self = { organId: 'H50', name: 'UBND tỉnh Quảng Trị' }
    const replies = { ...profile.replies, sendAs: 'self' as const, self }
    await connectRest({ ...profile, replies }, {}).send(replyTo('1'))
    expect(state.replies[0]?.body).toMatchObject({ don_vi: { ma: 'H50', ten: self.name } })
  })

  it('keeps braces that a person wrote', () => {
    const filled = fillBody(
      { a: 'x {reply.id} y', b: '{reply.explanation}' },
      {
        'reply.id': '1',
        'reply.explanation': 'theo mẫu {reply.id}',
      },
      [],
    )
    expect(filled).toEqual({ a: 'x 1 y', b: 'theo mẫu {reply.id}' })
  })

  it('is not sent when its files are larger than the profile allows', async () => {
    const { address, state } = await register()
    const connector = connectRest(profileAt(address), {})
    const outcome = await connector.send(changed({ files: [file(30_000_000, '')] }))
    expect(outcome).toMatchObject({ word: 'notSent', failure: { word: 'tooLarge' } })
    expect(state.asked).toEqual([])
  })

  it('is not sent with a file that is not as long as its row says', async () => {
    const { address, state } = await register()
    const connector = connectRest(profileAt(address), {})
    for (const size of [3, 5]) {
      await expect(connector.send(changed({ files: [file(size, '%PDF')] }))).rejects.toThrow(/size/)
    }
    expect(state.asked).toEqual([])
  })
})

describe('looking up', () => {
  it('says several when the source holds the reply twice', async () => {
    const { address } = await register()
    const connector = connectRest(profileAt(address), {})
    await connector.send(replyTo('1'))
    await connector.send(replyTo('1'))
    const found = await connector.lookUp(replyTo('1'), new Date())
    expect(found).toEqual({ ok: true, value: { found: 'several' } })
  })

  it('gives the id under which the source keeps the reply', async () => {
    const { address } = await register()
    const connector = connectRest(profileAt(address), {})
    await connector.send(replyTo('1'))
    const found = await connector.lookUp(replyTo('1'), new Date())
    expect(found).toEqual({ ok: true, value: { found: 'one', farRef: '1' } })
  })
})

describe("a reply's document", () => {
  const { reply, ...delivery } = replyTo('1')
  const other = (id: string, document = {}, unit = {}) => ({
    ...delivery,
    reply: {
      ...reply,
      id,
      unit: { ...reply.unit, ...unit },
      document: reply.document && { ...reply.document, ...document },
    },
  })

  it.each<[string, Delivery, object]>([
    ['the reply itself', replyTo('1'), { found: 'exactly', farRef: '1' }],
    ['another that says the same', other('x'), { found: 'exactly', farRef: '1' }],
    ['its number with a zero', other('x', { number: '0112' }), { found: 'exactly' }],
    ['its symbol with blanks', other('x', { symbol: 'SNNMT – VP' }), { found: 'exactly' }],
    ['another day', other('x', { issuedOn: '2026-03-18' }), { found: 'nearly', farRefs: ['1'] }],
    ['another symbol', other('x', { symbol: 'SNNMT' }), { found: 'nearly', farRefs: ['1'] }],
    ['another unit', other('x', {}, { code: 'H50.13' }), { found: 'nearly', farRefs: ['1'] }],
    [
      'another unit and day',
      other('x', { issuedOn: '2026-03-18' }, { code: 'Z' }),
      { found: 'none' },
    ],
    ['another number', other('x', { number: '113' }), { found: 'none' }],
  ])('is found of %s as %j', async (_what, asked, expected) => {
    const far = await register()
    const connector = connectRest(profileAt(far.address), {})
    opened.push(connector)
    expect(await connector.send(replyTo('1'))).toMatchObject({ word: 'delivered' })
    expect(await connector.findDocument!(asked)).toMatchObject({ ok: true, value: expected })
  })

  it('that is there twice is for a person', async () => {
    const far = await register()
    const connector = connectRest(profileAt(far.address), {})
    opened.push(connector)
    for (const id of ['a', 'b']) await connector.send(other(id))
    expect(await connector.findDocument!(other('c'))).toMatchObject({
      ok: true,
      value: { found: 'nearly', farRefs: ['1', '2'] },
    })
    for (const id of ['a', 'a']) await connector.send(other(id))
    expect(await connector.findDocument!(other('a'))).toMatchObject({ value: { found: 'nearly' } })
  })

  it('cannot be looked for where the profile does not say how', async () => {
    const far = await register()
    const profile = profileAt(far.address)
    const { lookUp } = profile.reply!
    if (lookUp === 'none') throw new Error('the example looks up')
    const { document: _, ...own } = lookUp
    for (const change of [own, 'none'] as const) {
      const connector = connectRest(
        { ...profile, reply: { ...profile.reply!, lookUp: change } },
        {},
      )
      opened.push(connector)
      expect(await connector.findDocument!(other('x'))).toMatchObject({
        ok: true,
        value: { found: 'noLookUp' },
      })
    }
  })
})

describe('strict JSON', () => {
  it('refuses a field named twice, however it is spelt and however deep', () => {
    expect(() => parseStrictJson('{"a":[{"secret_id":4,"secret_id":1}]}')).toThrow(SyntaxError)
    expect(() => parseStrictJson('{"secret_id":4, "\\u0073ecret_id" : 1}')).toThrow(SyntaxError)
  })

  it('accepts one name in two objects, and names inside of texts', () => {
    const text = '[{"a":1,"b":{"a":2}},{"a":"{\\"a\\":1,\\"a\\":2}"}]'
    expect(parseStrictJson(text)).toEqual(JSON.parse(text))
  })
})
