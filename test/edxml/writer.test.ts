import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DocumentDraft, FileDraft, StatusDraft } from '#src/edxml/draft.ts'
import { foundIn, readFiles } from '#src/edxml/file-streams.ts'
import type { MessageRead } from '#src/edxml/reader.ts'
import { writeDocument, writeStatus } from '#src/edxml/writer.ts'
import { inChunks, readable, sample } from './messages.ts'

const written = (document: DocumentDraft, files: readonly FileDraft[] = []) =>
  buffer(Readable.from(writeDocument(document, files)))

async function contentsOf(bytes: Uint8Array, first: MessageRead): Promise<Buffer[]> {
  const contents: Buffer[] = []
  const outcome = await readFiles(inChunks(bytes), foundIn(first), async (_file, content) => {
    contents.push(await buffer(content))
  })
  if (!outcome.unchanged) throw new Error(outcome.problem.message)
  return contents
}

function draft(id: string, name: string, content: Uint8Array, description: string | null = null) {
  return { id, name, description, open: () => Readable.from([content]) }
}

async function documentOf(name: string) {
  const { message } = await readable(sample(name))
  if (message.kind !== 'document') throw new Error('not a document')
  return message
}

async function statusOf(name: string) {
  const { message } = await readable(sample(name))
  if (message.kind !== 'status') throw new Error('not a status')
  return message
}

describe('what is read of the official builder is written byte for byte as it wrote it', () => {
  it.each([
    '01-new-one-attachment',
    '03-reply-responsefor',
    '05-revoke',
    '06-update',
    '08-priority-3-duedate-steering',
    '10-no-business-block',
    '12-xml-specials-in-text',
  ])('%s', async (name) => {
    const bytes = sample(name)
    const message = await documentOf(name)
    const [content] = await contentsOf(bytes, await readable(bytes))
    const [file] = message.files
    const again = draft(
      file!.contentId!.replace('cid:', ''),
      file!.name,
      content!,
      file!.description,
    )
    expect((await written(message, [again])).toString()).toBe(bytes.toString())
  })

  it.each(['status-01', 'status-02', 'status-03', 'status-06'])('%s', async (name) => {
    expect(writeStatus(await statusOf(name)).toString()).toBe(sample(name).toString())
  })
})

describe('files travel as the builder sends them', () => {
  const content = Buffer.from('%PDF-1.7 Nhiệm vụ '.repeat(50_000))
  it.each([
    ['a.pdf', 'application/pdf', true],
    ['a.PDF', 'application/pdf', true],
    ['a.docx', 'application/docx', true],
    ['a.zip', 'application/zip', true],
    ['không đuôi', 'application/octet-stream', true],
    ['a.xlsx', 'application/zip', false],
    ['a.txt', 'application/zip', false],
  ])('%s as %s', async (name, type, raw) => {
    const message = await written(await documentOf('01-new-one-attachment'), [
      draft('một', name, content),
    ])
    expect(message.includes(content.toString('base64'))).toBe(raw)
    const first = await readable(message)
    expect(first.problems.filter(({ code }) => code !== 'contentTypeFalse')).toEqual([])
    expect(first.message).toMatchObject({ files: [{ name, declaredType: type }] })
    expect((await contentsOf(message, first))[0]!.equals(content)).toBe(true)
  })

  it('the same draft gives the same bytes, because a transport asks for the hash first', async () => {
    const message = await documentOf('01-new-one-attachment')
    const files = [draft('1', 'a.xlsx', content), draft('2', 'b.pdf', content)]
    expect((await written(message, files)).equals(await written(message, files))).toBe(true)
  })

  it('a file that breaks breaks the message', async () => {
    const broken = {
      ...draft('1', 'a.xlsx', content),
      open: () =>
        Readable.from(
          (async function* () {
            yield content
            throw new Error('disk gone')
          })(),
        ),
    }
    const message = await documentOf('01-new-one-attachment')
    await expect(written(message, [broken])).rejects.toThrow('disk gone')
    await expect(written(message, [{ ...broken, name: 'a.pdf' }])).rejects.toThrow('disk gone')
  })
})

describe('what XML cannot carry is refused, without quoting it', () => {
  it.each(['a\0b', 'a\x1bb', 'a\ufffeb', 'a\ud800b'])('%j', async (subject) => {
    const message = { ...(await documentOf('01-new-one-attachment')), subject }
    const failure = await written(message).catch((error: Error) => error.message)
    expect(failure).toMatch(/^The text for edXML:Subject holds a control character/)
    const status = { ...(await statusOf('status-02')), description: subject }
    expect(() => writeStatus(status)).toThrow('edXML:Description')
    const named = draft('1', subject, Buffer.alloc(1))
    await expect(written(await documentOf('01-new-one-attachment'), [named])).rejects.toThrow(
      'AttachmentName',
    )
  })

  it('and so is an order that nobody could read', async () => {
    const message = await documentOf('01-new-one-attachment')
    const unclear = { ...message, business: { ...message.business, kind: null } }
    await expect(written(unclear)).rejects.toThrow('does not say what it orders')
  })
})

const text = fc
  .array(
    fc.constantFrom(...'aÔđ ệ<>&"\'\n\r\t]/-,.:0', '𝟘', ']]>', '&amp;', '<!--', '\u2028', '\ufeff'),
    { minLength: 1, maxLength: 12 },
  )
  .map((letters) => letters.join('').trim())
  .filter((letters) => letters !== '')
const maybe = fc.option(text)
const texts = fc.array(text, { maxLength: 3 })
const date = fc
  .date({ min: new Date('1000-01-01'), max: new Date('9999-12-30'), noInvalidDate: true })
  .map((at) => at.toISOString().slice(0, 10))
const time = fc
  .date({ min: new Date('1900-01-01'), max: new Date('9999-12-30'), noInvalidDate: true })
  .map((at) => new Date(Math.floor(at.getTime() / 1000) * 1000))
const number = fc.integer({ min: 0, max: 999_999_999 })
const stated = <T extends object>(one: T) => Object.values(one).some((value) => value !== null)

const organisation = fc.record({
  organId: text,
  inCharge: maybe,
  name: maybe,
  address: maybe,
  email: maybe,
  telephone: maybe,
  fax: maybe,
  website: maybe,
})
const staff = fc
  .record({
    department: maybe,
    departmentId: maybe,
    name: maybe,
    staffId: maybe,
    email: maybe,
    mobile: maybe,
  })
  .filter(stated)
const responseFor = fc
  .record({ organId: maybe, code: maybe, documentId: maybe, issuedOn: fc.option(date) })
  .filter(stated)
const business = fc
  .record({
    kind: fc.constantFrom('new', 'revoke', 'update', 'replace'),
    stated: fc.constant(true),
    documentId: text,
    reason: maybe,
    paper: fc.option(fc.integer({ min: 0, max: 1 })),
    changes: fc.option(
      fc.record({
        content: fc.boolean(),
        receivers: fc.option(fc.boolean()),
        receiverList: fc.array(
          fc.record({ organId: text, change: fc.constantFrom('removed', 'added') }),
          { maxLength: 3 },
        ),
      }),
    ),
    replaces: fc.array(fc.record({ documentId: text, organIds: texts }), {
      minLength: 1,
      maxLength: 2,
    }),
    staff: fc.array(staff, { maxLength: 2 }),
  })
  .map((one) => one as DocumentDraft['business'])

/** They travel as one text, parted by semicolons. */
const codes = fc.array(
  text.filter((one) => !one.includes(';')),
  { maxLength: 3 },
)

const document: fc.Arbitrary<DocumentDraft> = fc.record({
  from: organisation,
  to: fc.uniqueArray(organisation, {
    ...{ minLength: 1, maxLength: 3 },
    selector: ({ organId }) => organId.normalize('NFC').toUpperCase(),
  }),
  documentId: text,
  number: text,
  symbol: text,
  place: maybe,
  issuedOn: date,
  type: fc.record({ code: fc.option(number), detail: number, name: text }),
  subject: text,
  content: maybe,
  signer: fc.record({ name: maybe, position: maybe, competence: maybe }),
  dueOn: fc.option(date),
  other: fc.option(
    fc.record({
      priority: fc.option(fc.integer({ min: 0, max: 4 })),
      sphere: maybe,
      typist: maybe,
      copies: fc.option(number),
      pages: fc.option(number),
      replyFors: codes,
      direction: fc.boolean(),
      referenceCodes: codes,
      appendixes: texts,
    }),
  ),
  responseFor: fc.array(responseFor, { maxLength: 2 }),
  steering: fc.integer({ min: 0, max: 2 }),
  taskCodes: texts,
  applicationType: maybe,
  toPlaces: texts,
  business,
  tracePaper: fc.option(fc.integer({ min: 0, max: 1 })),
  trace: fc.array(fc.record({ organId: text, at: fc.option(time) }), {
    minLength: 1,
    maxLength: 3,
  }),
})

const fileName = fc
  .tuple(text, fc.constantFrom('.pdf', '.xlsx', '.TXT', '.docx', ''))
  .map((parts) => parts.join(''))
const fileContent = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 3000 }),
  fc.integer({ min: 1, max: 200_000 }).map((length) => new Uint8Array(length)),
)
const files = fc.array(fc.tuple(fileName, fileContent, maybe), { maxLength: 4 })

describe('whatever is written is read again', () => {
  it('every value and every byte of every file', async () => {
    await fc.assert(
      fc.asyncProperty(document, files, async (values, attached) => {
        const drafts = attached.map(([name, content, description], index) =>
          draft(`${index}`, name, content, description),
        )
        const bytes = await written(values, drafts)
        const first = await readable(bytes)
        const {
          kind,
          dialect,
          files: found,
          unknownElements,
          other,
          ...rest
        } = first.message as Extract<MessageRead['message'], { kind: 'document' }>
        expect([kind, dialect, unknownElements]).toEqual(['document', 'qcvn102-java', []])
        const { urgency, ...others } = other ?? { urgency: null }
        expect({ ...rest, other: other && others }).toEqual(values)
        expect(urgency === null).toBe((values.other?.priority ?? null) === null)
        expect(found.map(({ name, description }) => [name, description])).toEqual(
          attached.map(([name, , description]) => [name, description]),
        )
        const contents = await contentsOf(bytes, first)
        expect(contents.map((one, index) => one.equals(attached[index]![1]))).not.toContain(false)
        expect(contents).toHaveLength(attached.length)
      }),
      { numRuns: 150 },
    )
  })

  it('every value of a status', async () => {
    const status: fc.Arbitrary<StatusDraft> = fc.record({
      from: organisation,
      responseFor: fc.array(responseFor, { minLength: 1, maxLength: 1 }),
      code: text,
      description: maybe,
      at: time,
      staff: fc.option(staff),
    })
    await fc.assert(
      fc.asyncProperty(status, async (values) => {
        const { message } = await readable(writeStatus(values))
        expect(message).toEqual({
          ...values,
          kind: 'status',
          dialect: 'qcvn102-java',
          unknownElements: [],
        })
      }),
    )
  })
})
