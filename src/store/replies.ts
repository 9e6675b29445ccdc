import type { Knex } from 'knex'
import { notAdmitted } from './writings.ts'

export interface ReplyContent {
  readonly outcome: 'completed' | 'notCompleted' | 'returned'
  readonly completedOn: string | null
  readonly explanation: string
  readonly document: {
    readonly number: string
    readonly symbol: string
    readonly issuedOn: string
    readonly typeName: string
    readonly subject: string
    readonly signer: string
  } | null
}

export interface StoredReplyFile {
  readonly name: string
  readonly mediaType: string
  readonly size: number
  readonly sha256: string
  readonly storedAs: string
}

export interface StoredReply extends ReplyContent {
  readonly id: string
  readonly directiveId: string
  readonly unit: { readonly code: string | null; readonly name: string }
  readonly files: readonly StoredReplyFile[]
  readonly writtenAt: Date
}

export function replies(db: Knex) {
  return {
    /** Writes a reply with its files and its outbox row in one transaction, through the public functions. */
    async write(
      id: string,
      assignmentId: string,
      content: ReplyContent,
      files: readonly StoredReplyFile[],
      actor: string,
      at: Date,
    ): Promise<void> {
      await db.transaction(async (tx) => {
        if (content.outcome === 'returned') {
          await tx.raw(
            `select sync.return_to_office(:assignmentId, :explanation, :actor, :id, :at)`,
            { assignmentId, explanation: content.explanation, actor, id, at },
          )
        } else {
          await tx.raw(`select sync.reply(:assignmentId, :content, :actor, :id, :at)`, {
            assignmentId,
            content: JSON.stringify(content),
            actor,
            id,
            at,
          })
        }
        if (files.length === 0) return
        await tx('sync.reply_file').insert(
          files.map((file, position) => ({
            reply_id: id,
            position,
            name: file.name,
            media_type: file.mediaType,
            size: file.size,
            sha256: file.sha256,
            stored_as: file.storedAs,
          })),
        )
      })
    },

    async directiveOf(assignmentId: string): Promise<string> {
      const { rows } = await db.raw(`select sync.directive_of_assignment(:assignmentId) as id`, {
        assignmentId,
      })
      return rows[0].id
    },

    /** Removes a reply that turned out not to be eligible, with its files' rows and what would tell its source of it. */
    async forget(id: string, directiveId: string, at: Date): Promise<void> {
      await db.transaction(async (tx) => {
        const { rowCount } = await tx.raw(`delete from sync.reply where id = ?`, [id])
        if (rowCount > 0) await notAdmitted(tx, directiveId, 'reply', 'notEligible', at)
      })
    },

    async one(id: string): Promise<StoredReply | null> {
      const { rows } = await db.raw(
        `select r.id, r.directive_id as "directiveId", r.outcome, r.completed_on as "completedOn", r.explanation, r.number, r.symbol,
           r.issued_on as "issuedOn", r.type_name as "typeName", r.subject, r.signer, r.written_at as "writtenAt", n.name as unit_name, c.code as unit_code
         from sync.reply r join sync.assignment a on a.id = r.assignment_id
         join lateral (select name from sync.unit_name where unit_id = a.unit_id order by valid_from desc limit 1) n on true
         left join lateral (select code from sync.unit_code where unit_id = a.unit_id order by valid_from desc limit 1) c on true
         where r.id = ?`,
        [id],
      )
      const row = rows[0]
      if (!row) return null
      const files = await db.raw(
        `select name, media_type as "mediaType", size, sha256, stored_as as "storedAs" from sync.reply_file where reply_id = ? order by position`,
        [id],
      )
      const { number, symbol, issuedOn, typeName, subject, signer } = row
      return {
        id: row.id,
        directiveId: row.directiveId,
        outcome: row.outcome,
        completedOn: row.completedOn,
        explanation: row.explanation,
        unit: { code: row.unit_code, name: row.unit_name },
        document: number === null ? null : { number, symbol, issuedOn, typeName, subject, signer },
        files: files.rows,
        writtenAt: row.writtenAt,
      }
    },
  }
}
