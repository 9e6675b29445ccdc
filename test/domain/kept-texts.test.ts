import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { messageFrom, refOf } from '#connectors/rest/mapping.ts'
import { eligibility } from '#src/domain/eligibility.ts'
import { replyEligibility } from '#src/domain/reply.ts'
import { writingEligibility } from '#src/domain/writing.ts'
import { detailOf, profileAt, row } from '../connectors/paged-register.ts'

/**
 * Every column of text that the store has, and whose words stand in it. What comes from outside passes the gate in the
 * form named here; a column that is new has to be put into one of these lists.
 */
const fromOutside: Readonly<Record<string, readonly string[]>> = {
  /** `Header`, of a directive and its files. */
  ofMessages: [
    ...['number', 'symbol', 'code', 'code_normalised', 'same_document_key', 'issuer', 'type_name'],
    ...['subject', 'summary', 'signer_name', 'signer_position', 'signer_competence', 'receivers'],
  ]
    .map((column) => `directive.${column}`)
    .concat(
      'directive.source_ref',
      'directive.former_ref',
      'directive_revision.fields',
      'replacement.source_ref',
    )
    .concat('directive_file.ref', 'directive_file.name', 'directive_file.media_type')
    .concat('intake.transport_ref', 'intake.source_ref', 'intake.concerns', 'intake.version')
    .concat('intake.order_code', 'intake.order_issuer'),
  /** The notice of an order or a status, among the texts of its `Header`. */
  ofNotices: ['business_order.reason'],
  /** `ReplyTexts`, with the names and types of its files and who wrote it. */
  ofReplies: [
    ...['explanation', 'number', 'symbol', 'type_name', 'subject', 'signer', 'written_by'].map(
      (column) => `reply.${column}`,
    ),
    ...['reply_file.name', 'reply_file.media_type'],
  ],
  /** `Writing`, whole: tasks, units, answers and whoever wrote them. */
  ofWritings: [
    ...['writing.content', 'writing.actor', 'unit_code.code', 'unit_name.name'],
    ...['task.description', 'task.directed_by', 'task.opinion', 'task.followed_by'],
    ...['business_order.answer', 'business_order.answer_reason', 'business_order.answered_by'],
  ],
  /** What a source answers to what it is sent. */
  ofAnswers: ['outbox.answer', 'outbox.far_ref'],
}

describe('a text of the store', () => {
  it('is ours, or passes the gate in a form that is named', () => {
    const schema = readFileSync(join(import.meta.dirname, '../../src/store/schema.sql'), 'utf8')
    const columns = [...schema.matchAll(/create table sync\.(\w+) \((.*?)\n\)/gs)].flatMap(
      ([, table, body = '']) =>
        [...body.matchAll(/^ {2}(\w+) (?:text|jsonb)\b/gm)].map(
          ([, column]) => `${table}.${column}`,
        ),
    )
    const outside = Object.values(fromOutside).flat()
    expect(outside.filter((column) => !columns.includes(column))).toEqual([])
    const tables = new Set(outside.map((column) => column.split('.')[0]))
    const others = columns.filter((column) => !outside.includes(column))
    const unnamed = others.filter((column) => tables.has(column.split('.')[0]) && !ours.has(column))
    expect(unnamed).toEqual([])
    const newTables = others.filter((column) => !tables.has(column.split('.')[0] ?? ''))
    expect(newTables.filter((column) => !tablesOfOurs.test(column))).toEqual([])
  })
})

/** Words of a fixed list, hashes, names of sources and of people who logged in. */
const ours = new Set(
  [
    ...[
      'source',
      'content_digest',
      'urgency',
      'calendar_version',
      'withheld_because',
      'recall_authority',
    ],
    ...['withheld_itself', 'identity', 'late', 'registry'],
  ]
    .map((column) => `directive.${column}`)
    .concat([
      ...[
        'sha256',
        'stored_as',
        'note',
        'unusable',
        'state',
        'handed_in_by',
        'given_up_as',
        'failure',
      ].map((column) => `directive_file.${column}`),
      ...['source', 'business', 'state', 'failure', 'state_before'].map(
        (column) => `intake.${column}`,
      ),
      ...['source', 'kind', 'detail', 'state', 'failure'].map((column) => `outbox.${column}`),
      ...[
        'directive_revision.changed',
        'replacement.source',
        'business_order.kind',
        'reply.outcome',
      ],
      ...['reply_file.sha256', 'reply_file.stored_as', 'writing.kind', 'writing.failure'],
    ]),
)
const tablesOfOurs =
  /^(?:account|alert|alert_notice|assignment|calendar|contradiction|doubted_clock|form_refusal|function_edition|fuse|heartbeat|history|may_be_same|mutex|not_admitted|pass|purge|resync|schedule|session|source|unit|unmapped_code|waiver)\./

const stamp = '(MẬT)'
const profile = profileAt('https://qlvb.test')

describe('a mark in what is stored', () => {
  const item = { ...detailOf(row(1)), id: 'vb-1', previous_outgoing_doc_id: 'vb-0' }
  const marked: Record<string, unknown>[] = [
    ...['notation', 'abstract', 'content', 'signer', 'signer_position', 'recipients'].map(
      (field) => ({
        [field]: `${(item as Record<string, unknown>)[field] ?? ''} ${stamp}`,
      }),
    ),
    { doc_type_name: `Công văn ${stamp}` },
    { issuer_name: `UBND tỉnh Quảng Trị ${stamp}` },
    { id: 'vb-mat-1' },
    { previous_outgoing_doc_id: 'TOI_MAT-7' },
    ...['file_name', 'mime_type'].map((field) => ({
      attachments: [{ ...item.attachments[0], [field]: `1.pdf ${stamp}` }],
    })),
    { attachments: [{ ...item.attachments[0], id: '780(MAT)' }] },
  ]
  const decide = (more: Record<string, unknown>) => {
    const whole = { ...item, ...more } as Record<string, unknown>
    const message = messageFrom(whole, refOf(String(whole.id)), profile)
    return eligibility(message.header, profile.gate)
  }

  it('is none where there is none', () => {
    expect(decide({})).toEqual({ admit: true })
  })
  for (const more of marked)
    it(`is seen in a message: ${JSON.stringify(more)}`, () => {
      expect(decide(more).admit).toBe(false)
    })

  it('is seen in each text of a reply', () => {
    const document = {
      ...{ number: '12', symbol: 'BC-STC', typeName: 'Báo cáo' },
      ...{ subject: 'Kết quả thực hiện', signer: 'Lê Văn B' },
    }
    const reply = { explanation: 'Đã xong', document }
    expect(replyEligibility(reply, ['bc.pdf'], [], ['Sở Tài chính'])).toEqual({ admit: true })
    for (const field of Object.keys(document) as (keyof typeof document)[]) {
      const other = { ...reply, document: { ...document, [field]: `${document[field]} ${stamp}` } }
      expect(replyEligibility(other, ['bc.pdf']).admit, field).toBe(false)
    }
    expect(replyEligibility({ ...reply, explanation: stamp }, []).admit).toBe(false)
    expect(replyEligibility(reply, [`bc ${stamp}.pdf`]).admit).toBe(false)
    expect(replyEligibility(reply, [], [], [`Sở Tài chính ${stamp}`]).admit).toBe(false)
  })

  it('is seen anywhere in what is written, and in whose name it stands under', () => {
    const content = { tasks: [{ description: 'Báo cáo', followedBy: 'Lê Văn B' }] }
    const writing = { kind: 'reply' as const, content: { note: 'Đã xong' }, actor: 'lan' }
    expect(writingEligibility({ ...writing, kind: 'classify', content }).admit).toBe(true)
    for (const text of [stamp, 'Phương án TỐI MẬT'])
      for (const one of [
        { ...writing, actor: text },
        { ...writing, content: { note: text } },
        { ...writing, content: { [text]: 1 } },
      ])
        expect(writingEligibility(one).admit, JSON.stringify(one)).toBe(false)
  })
})
