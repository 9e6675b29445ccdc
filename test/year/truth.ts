/** What the simulator itself says that a perfect bridge shows, in the words of the store. */
import { createHash } from 'node:crypto'
import { draftOf } from '#connectors/simulator/axis/draft.ts'
import { codeOf, documentIdOf, senderOf } from '#connectors/simulator/axis/names.ts'
import { axisExpectedEligible } from '#connectors/simulator/axis/truth.ts'
import { axisOffices } from '#connectors/simulator/axis-offices.ts'
import { type Row, rowAt, type SimulatedDocument } from '#connectors/simulator/document.ts'
import { expectedEligible, type Register } from '#connectors/simulator/register.ts'

/** By the name of the store's rows: `source sourceRef`. */
export interface Shown {
  readonly name: string
  readonly number: string | null
  readonly symbol: string | null
  readonly code: string
  readonly issuer: string | null
  readonly issuedOn: string | null
  readonly typeName: string | null
  readonly subject: string
  readonly summary: string | null
  readonly signerName: string | null
  readonly signerPosition: string | null
  readonly signerCompetence: string | null
  readonly urgency: string
  readonly dueOn: string | null
  readonly receivers: readonly string[]
  readonly recalled: boolean
  /** Names of the rows that it takes the place of. */
  readonly replaces: readonly string[]
}

/** In SQL what `Shown` is here. */
export const shownColumns = `source || ' ' || source_ref as name, number, symbol, code, issuer, issued_on as "issuedOn", type_name as "typeName", subject, summary,
  signer_name as "signerName", signer_position as "signerPosition", signer_competence as "signerCompetence", urgency, due_on as "dueOn", receivers,
  recalled_at is not null as recalled,
  array(select r.source || ' ' || r.source_ref from sync.replacement r where r.directive_id = d.id order by 1) as replaces`

export interface Truth {
  readonly shown: Shown
  readonly document: SimulatedDocument
}

export function restTruth(source: string, register: Register, at: Date): Truth[] {
  return expectedEligible(register, at).flatMap(({ id, recalled }) => {
    const document = register.byId(id)!
    const row = rowAt(document, at)
    if (!row) return []
    const shown = {
      name: `${source} ${id}`,
      ...codeOf(row),
      code: row.notation,
      issuer: row.issuer_name,
      issuedOn: document.issuedOn,
      typeName: row.doc_type_name,
      subject: row.abstract,
      summary: document.content,
      signerName: row.signer,
      signerPosition: row.signer_position,
      signerCompetence: null,
      urgency: urgencies[row.urgent_id]!,
      dueOn: null,
      receivers: row.recipients.split('; '),
      recalled,
      replaces: replacedBy(document, register).map((one) => `${source} ${one.id}`),
    }
    return [{ shown, document }]
  })
}

/** A row that is gone is gone from the register alone: the axis takes nothing back. */
export function axisTruth(source: string, register: Register, at: Date): Truth[] {
  const documents = register.documents.map((one) => ({
    ...one,
    changes: one.changes.filter(({ kind }) => kind !== 'vanish'),
  }))
  const byId = new Map(documents.map((one) => [one.id, one]))
  return axisExpectedEligible({ documents, byId: (id) => byId.get(id) }, at).flatMap((one) => {
    const document = register.byId(one.id)!
    const row: Row = rowAt(document, at) ?? document.row
    const draft = draftOf(document, row, axisOffices.self, at)
    const { name, position, competence } = draft.signer
    const shown = {
      name: `${source} ${one.organId} ${one.documentId}`,
      number: draft.number,
      symbol: draft.symbol,
      code: `${draft.number}/${draft.symbol}`,
      issuer: draft.from!.name,
      issuedOn: draft.issuedOn,
      typeName: draft.type.name,
      subject: one.subject,
      summary: draft.content,
      signerName: name,
      signerPosition: position,
      signerCompetence: competence,
      urgency: urgencies[row.urgent_id]!,
      dueOn: draft.dueOn,
      receivers: draft.to.map((to) => to.name ?? ''),
      recalled: one.recalled,
      replaces: replacedBy(document, register).map(
        (replaced) => `${source} ${senderOf(replaced).organId} ${documentIdOf(replaced)}`,
      ),
    }
    return [{ shown, document }]
  })
}

function replacedBy({ id }: SimulatedDocument, { documents }: Register): SimulatedDocument[] {
  return documents.filter(({ changes }) =>
    changes.some((change) => change.kind === 'replace' && change.by === id),
  )
}

/** Each file of a directive by its name and what is in it. */
export function filesOf({ shown, document }: Truth): string[] {
  return document.files.map((file) => `${shown.name}: ${file.name} ${sha256(file.content())}`)
}

export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

const urgencies: Readonly<Record<number, string>> = {
  1: 'normal',
  2: 'urgent',
  3: 'veryUrgent',
  4: 'flash',
  5: 'flash',
}
