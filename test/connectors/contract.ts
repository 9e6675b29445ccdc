/**
 * What every connector promises, whatever it speaks. A connector's own test calls `describeConnector`
 * with a far side that holds known documents and can be told to go wrong.
 */
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type {
  Answer,
  Connector,
  Delivery,
  FailureWord,
  Listed,
  MessageRef,
  Page,
  TakeFile,
  Window,
} from '#connectors/connector.ts'

export interface FarSide {
  readonly connector: Connector
  /** The same source with nobody listening at its address. */
  readonly unreachable: Connector
  /** Holds exactly `documents`, and needs more than one page. */
  readonly window: Window
  readonly emptyWindow: Window
  readonly documents: readonly KnownDocument[]
  /** A reference as this source writes them, of nothing it holds. */
  readonly unknownRef: MessageRef
  /** One item in the source's own shape, as `decode` takes it, of a document with this reference. */
  rawOf(ref: string): Promise<unknown>
  /** Every exchange goes wrong like this until `repair`. */
  breakWith(fault: Fault): void
  repair(): void
  /** The next send reaches the far application, which refuses it. */
  refuseNextSend(): void
  /** The next send takes effect, and its answer is lost. */
  loseNextAnswer(): void
  /** How many sends took effect. */
  received(): number
  close(): Promise<void>
}

export interface KnownDocument {
  readonly ref: string
  /** Where it is not the same. */
  readonly sourceRef?: string
  readonly subject: string
  readonly files: readonly { readonly name: string; readonly content: Buffer }[]
}

export type Fault = 'unavailable' | 'unauthorized' | 'htmlPage' | 'truncated' | 'silent'

const wordsOfFaults: Record<Fault, FailureWord> = {
  unavailable: 'unavailable',
  unauthorized: 'unauthorized',
  htmlPage: 'malformed',
  truncated: 'malformed',
  silent: 'timeout',
}

export function describeConnector(name: string, makeFarSide: () => Promise<FarSide>): void {
  describe(`the connector ${name}`, () => {
    let far: FarSide
    beforeEach(async () => {
      far = await makeFarSide()
    })
    afterEach(async () => {
      await far.connector.close()
      await far.unreachable.close()
      await far.close()
    })

    describe('listing', () => {
      it('covers the window in pages, every document once', async () => {
        const { items, pages } = await walk(far.connector, far.window)
        expect(pages).toBeGreaterThan(1)
        expect(refsOf(items).sort()).toEqual(far.documents.map(({ ref }) => ref).sort())
      })

      it('gives an unchanged item the same version again', async () => {
        const first = await walk(far.connector, far.window)
        const second = await walk(far.connector, far.window)
        expect(second.items).toEqual(first.items)
      })

      it('shows an empty window as empty and not as a failure', async () => {
        const { items } = await walk(far.connector, far.emptyWindow)
        expect(items).toEqual([])
      })
    })

    describe('reading', () => {
      it('reads every listed document under the reference it was listed by', async () => {
        for (const { ref, subject, files } of far.documents) {
          const message = valueIn(await far.connector.read({ transportRef: ref, sourceRef: ref }))
          expect(message.ref.transportRef).toBe(ref)
          expect(message.header.subject).toBe(subject)
          expect(message.directive?.subject).toBe(subject)
          expect(message.files.map((file) => file.name)).toEqual(files.map((file) => file.name))
          expect(message.header.fileNames).toEqual(
            expect.arrayContaining(files.map((file) => file.name)),
          )
        }
      })

      it('contradicts nothing that the list showed', async () => {
        const { items } = await walk(far.connector, far.window)
        for (const item of items) {
          if (item.unreadable || item.header === null) continue
          const { header } = valueIn(await far.connector.read(item.ref))
          expect(header.fields).toEqual(item.header.fields)
          expect(header.subject).toBe(item.header.subject)
        }
      })

      it('says notFound of a reference that the source does not know', async () => {
        expect(wordOf(await far.connector.read(far.unknownRef))).toBe('notFound')
      })

      it('streams files byte for byte', async () => {
        for (const { ref, files } of far.documents) {
          const message = valueIn(await far.connector.read({ transportRef: ref, sourceRef: ref }))
          const handed: Buffer[] = []
          const take: TakeFile = async (announced, answer) => {
            const content = await buffer(valueIn(answer).content)
            if (announced.size !== null) expect(content.length).toBe(announced.size)
            handed.push(content)
            return true
          }
          await far.connector.openFiles(message.ref, message.files, take)
          expect(handed).toEqual(files.map(({ content }) => content))
        }
      })

      it('decodes an item to the header that reading it shows', async () => {
        const ref = far.documents[0]?.ref ?? ''
        const message = valueIn(await far.connector.read({ transportRef: ref, sourceRef: ref }))
        const decoded = await far.connector.decode(JSON.stringify(await far.rawOf(ref)))
        expect(valueIn(decoded).header).toEqual(message.header)
      })

      it('hands over no more files than are wanted', async () => {
        const { ref } = far.documents.find(({ files }) => files.length > 1) ?? far.documents[0]!
        const message = valueIn(await far.connector.read({ transportRef: ref, sourceRef: ref }))
        let handed = 0
        await far.connector.openFiles(message.ref, message.files, async (_file, opened) => {
          handed += 1
          valueIn(opened).content.destroy()
          return false
        })
        expect(handed).toBe(1)
      })

      it('answers an item it cannot decode with a word', async () => {
        for (const raw of ['null', '7', 'text', '[]', '{"id":1,', '']) {
          expect(wordOf(await far.connector.decode(raw))).toBe('malformed')
        }
      })
    })

    describe('when the far side goes wrong', () => {
      for (const [fault, word] of Object.entries(wordsOfFaults) as [Fault, FailureWord][]) {
        it(`names ${fault} ${word}, and nothing else`, async () => {
          far.breakWith(fault)
          const ref = far.documents[0]?.ref ?? ''
          const source = far.connector.source
          expect(await far.connector.list(far.window, null)).toEqual({
            ok: false,
            failure: { word, source, operation: 'list' },
          })
          expect(await far.connector.read({ transportRef: ref, sourceRef: ref })).toEqual({
            ok: false,
            failure: { word, source, operation: 'read' },
          })
        })
      }

      it('recovers with the far side', async () => {
        far.breakWith('unavailable')
        expect(wordOf(await far.connector.list(far.window, null))).toBe('unavailable')
        far.repair()
        expect(wordOf(await far.connector.list(far.window, null))).toBe('ok')
      })

      it('says that nobody listens at an address', async () => {
        expect(wordOf(await far.unreachable.list(far.window, null))).toBe('connectionRefused')
      })
    })

    describe('sending', () => {
      it('delivers a reply once and finds it again', async () => {
        const delivery = replyTo(far.documents[0]!.ref, far.documents[0]!.sourceRef)
        expect(await far.connector.send(delivery)).toMatchObject({ word: 'delivered' })
        expect(far.received()).toBe(1)
        expect(await found(far, delivery)).toBe('one')
      })

      it('finds nothing of a reply that was never sent', async () => {
        expect(await found(far, replyTo(far.documents[0]!.ref, far.documents[0]!.sourceRef))).toBe(
          'none',
        )
      })

      it('hands on the words of a refusal, without the credentials', async () => {
        far.refuseNextSend()
        const outcome = await far.connector.send(
          replyTo(far.documents[0]!.ref, far.documents[0]!.sourceRef),
        )
        expect(outcome).toMatchObject({ word: 'rejected', answer: expect.stringMatching(/./) })
        expect(far.received()).toBe(0)
      })

      it('leaves a send whose answer was lost unconfirmed, repeats nothing, and finds it', async () => {
        far.loseNextAnswer()
        const delivery = replyTo(far.documents[0]!.ref, far.documents[0]!.sourceRef)
        expect(await far.connector.send(delivery)).toMatchObject({ word: 'unconfirmed' })
        expect(far.received()).toBe(1)
        expect(await found(far, delivery)).toBe('one')
      })

      it('says of a send that could not connect that nothing was sent', async () => {
        const outcome = await far.unreachable.send(
          replyTo(far.documents[0]!.ref, far.documents[0]!.sourceRef),
        )
        expect(outcome).toMatchObject({ word: 'notSent', failure: { word: 'connectionRefused' } })
      })
    })
  })
}

export function replyTo(ref: string, sourceRef = ref): Extract<Delivery, { kind: 'reply' }> {
  const content = Buffer.from('%PDF-1.4 trả lời')
  return {
    kind: 'reply',
    concerns: {
      ref: { transportRef: ref, sourceRef },
      code: '780/UBND-NNMT',
      issuedOn: '2026-03-02',
      issuer: 'UBND tỉnh Quảng Trị',
    },
    reply: {
      id: '0f5f6c1e-1d0a-4a83-9c2e-3a52b6f6a001',
      outcome: 'completed',
      completedOn: '2026-03-20',
      explanation: 'Đã hoàn thành việc rà soát',
      unit: { code: 'H50.12', name: 'Sở Nông nghiệp và Môi trường' },
      document: {
        number: '112',
        symbol: 'SNNMT-VP',
        issuedOn: '2026-03-19',
        typeName: 'Công văn',
        subject: 'Về kết quả rà soát',
        signer: 'Nguyễn Văn B',
      },
      files: [
        {
          name: 'tra-loi.pdf',
          mediaType: 'application/pdf',
          size: content.length,
          open: async () => Readable.from([content]),
        },
      ],
      writtenAt: new Date('2026-03-20T01:30:00Z'),
    },
  }
}

export function valueIn<T>(answer: Answer<T>): T {
  if (!answer.ok) throw new Error(`expected an answer, not ${answer.failure.word}`)
  return answer.value
}

export function wordOf(answer: Answer<unknown>): FailureWord | 'ok' {
  return answer.ok ? 'ok' : answer.failure.word
}

export async function walk(connector: Connector, window: Window) {
  const items: Listed[] = []
  let pages = 0
  let at: string | null = null
  do {
    const page: Page = valueIn(await connector.list(window, at))
    items.push(...page.items)
    pages += 1
    at = page.next
  } while (at !== null)
  return { items, pages }
}

async function found(far: FarSide, delivery: Delivery) {
  return valueIn(await far.connector.lookUp(delivery, new Date('2026-03-20T02:00:00Z'))).found
}

function refsOf(items: readonly Listed[]): string[] {
  return items.map((item) => (item.unreadable ? 'unreadable' : item.ref.transportRef))
}
