/** Two rows of one identity through different sources: one document, two, or a question for a person (docs/decisions/0027). */
import type { Knex } from 'knex'
import type { LocalDate } from '#src/domain/local-date.ts'
import { leaveCopies } from './copies.ts'
import { remember } from './history.ts'
import { areApart, documentOf, isOneIdentity } from './one-identity.ts'
import { isShown, waitsForOffice } from './predicates.ts'
import { isClose } from './reasons.ts'
import { lockNumber } from './withholding.ts'

/**
 * Why two of one identity stay two. `days`: they are dated more than a day apart. `subjects`: their subjects share no
 * word. `tasks`: both carry some. `stored`: nothing speaks against one document, and they were stored as two.
 */
export type WhyTwo = 'days' | 'subjects' | 'tasks' | 'stored'

export interface Side {
  readonly id: string
  readonly source: string
  readonly code: string
  readonly issuer: string
  readonly issuedOn: LocalDate
  readonly subject: string
  readonly tasks: number
}

export interface Pair {
  /** The question's; null where nobody was asked yet. */
  readonly id: string | null
  readonly because: WhyTwo
  readonly since: Date | null
  /** That which was seen first. */
  readonly one: Side
  readonly other: Side
}

export interface Saying {
  readonly actor: string
  readonly reason: string
}

export function mayBeSame(db: Knex) {
  return {
    /** What waits for a person, longest first; of the copies of two documents one pair. */
    async open(limit: number): Promise<Pair[]> {
      const { rows } = await db.raw(
        `select * from (${openPairs}) pair order by since, id limit :limit`,
        { limit },
      )
      return rows
    },

    /** Everything that is stored as two and is plainly one document. Writes nothing. */
    async plain(limit: number): Promise<Pair[]> {
      const { rows } = await db.raw(
        `select * from (
           select distinct on (${documentOf('d')}, ${documentOf('k')}) ${pairColumns('null::uuid', 'null::timestamptz')}
           from sync.directive d join sync.directive k on ${isOneIdentity('d', 'k')} and (d.seen_at, d.id) < (k.seen_at, k.id)
           where ${isShown('d')} and ${isShown('k')} and ${areApart('d', 'k')}
             and not exists (select from sync.may_be_same m where m.answer is not null and m.one = least(d.id, k.id) and m.other = greatest(d.id, k.id))
           order by ${documentOf('d')}, ${documentOf('k')}, d.seen_at, d.id, k.seen_at, k.id) pair
         where because = 'stored' order by one ->> 'issuedOn', one ->> 'id' limit :limit`,
        { limit },
      )
      return rows
    },

    /** Links two that are plainly one. False where they are not, or not any more. */
    async link(one: string, other: string, by: Saying, at: Date): Promise<boolean> {
      return db.transaction(async (tx) => {
        const pair = await lockedPair(tx, one, other)
        if (pair?.because !== 'stored') return false
        await becomeOne(tx, pair, by, at)
        return true
      })
    },

    /** What was taken for a copy is a document of its own. False where it is no copy, or not shown. */
    async part(directiveId: string, by: Saying, at: Date): Promise<boolean> {
      return db.transaction(async (tx) => {
        const { rows } = await tx.raw(`select id from sync.directive where id::text = ?`, [
          directiveId,
        ])
        if (!rows[0] || (await lockNumber(tx, directiveId)) === null) return false
        const { rows: copies } = await tx.raw(
          `select c.id from sync.directive d join sync.directive c on ${documentOf('c')} = ${documentOf('d')} and c.id <> d.id
           where d.id = :directiveId and ${isShown('d')} order by c.id`,
          { directiveId },
        )
        if (copies.length === 0) return false
        const others = copies.map(({ id }: { id: string }) => id)
        await leaveCopies(tx, directiveId)
        await tx.raw(`update sync.directive set primary_id = null where id = ?`, [directiveId])
        await stayTwo(tx, directiveId, others[0]!, by, at)
        await classifyAnew(tx, directiveId, others, by, at)
        return true
      })
    },

    /** A person answers a question. False where it is none any more. */
    async answer(id: string, answer: 'same' | 'two', by: Saying, at: Date): Promise<boolean> {
      return db.transaction(async (tx) => {
        const { rows } = await tx.raw(
          `select one, other from sync.may_be_same where id::text = :id and answer is null`,
          { id },
        )
        if (!rows[0]) return false
        const pair = await lockedPair(tx, rows[0].one, rows[0].other)
        if (pair === null) return false
        if (answer === 'same') await becomeOne(tx, pair, by, at)
        else await stayTwo(tx, pair.one.id, pair.other.id, by, at)
        return true
      })
    },
  }
}

const tasksOf = (
  d: string,
) => `(select count(*)::int from sync.task t join sync.directive c on c.id = t.directive_id
  where ${documentOf('c')} = ${documentOf(d)})`

const side = (
  d: string,
) => `jsonb_build_object('id', ${d}.id, 'source', ${d}.source, 'code', ${d}.code, 'issuer', ${d}.issuer,
  'issuedOn', ${d}.issued_on, 'subject', ${d}.subject, 'tasks', ${tasksOf(d)})`

const whyTwo = `case when not ${isClose('d', 'k')} then 'days' when not sync.share_word(d.subject, k.subject) then 'subjects'
  when ${tasksOf('d')} > 0 and ${tasksOf('k')} > 0 then 'tasks' else 'stored' end`

const pairColumns = (id: string, since: string) =>
  `${id} as id, ${whyTwo} as because, ${since} as since, ${side('d')} as one, ${side('k')} as other`

/** Questions that nobody answered and that still are some, with `d` the directive that was seen first and `k` the other. */
const stillOpen = `sync.may_be_same m
  join sync.directive d on d.id in (m.one, m.other)
  join sync.directive k on k.id in (m.one, m.other) and (d.seen_at, d.id) < (k.seen_at, k.id) and ${isOneIdentity('d', 'k')}
  where m.answer is null and ${isShown('d')} and ${isShown('k')} and ${areApart('d', 'k')}`

export const openPairs = `
select distinct on (${documentOf('d')}, ${documentOf('k')}) ${pairColumns('m.id', 'm.asked_at')}, k.id as "directiveId",
  least(case when ${waitsForOffice('d')} then d.classify_by end, case when ${waitsForOffice('k')} then k.classify_by end) as "classifyBy",
  d.before_go_live and k.before_go_live as "beforeGoLive"
from ${stillOpen} order by ${documentOf('d')}, ${documentOf('k')}, m.asked_at, m.id`

/** Null where they are not of one identity any more, or one document already, or not both shown. */
async function lockedPair(tx: Knex, one: string, other: string): Promise<Pair | null> {
  if ((await lockNumber(tx, one)) === null) return null
  const { rows } = await tx.raw(
    `select ${pairColumns('null::uuid', 'null::timestamptz')} from sync.directive d join sync.directive k on ${isOneIdentity('d', 'k')}
     where d.id in (:one, :other) and k.id in (:one, :other) and (d.seen_at, d.id) < (k.seen_at, k.id)
       and ${isShown('d')} and ${isShown('k')} and ${areApart('d', 'k')}`,
    { one, other },
  )
  return rows[0] ?? null
}

/** The first copy leads; what the Office decided of one holds for all, as when a copy comes in. */
async function becomeOne(tx: Knex, pair: Pair, by: Saying, at: Date): Promise<void> {
  const ids = await note(tx, pair.one.id, pair.other.id, 'same', by, at)
  await tx.raw(
    `with first as (select id from sync.directive where id = any (:ids) and primary_id is null order by seen_at, id limit 1)
     update sync.directive d set primary_id = nullif(first.id, d.id) from first where d.id = any (:ids)`,
    { ids },
  )
  const { rows: classified } = await tx.raw(
    `with decided as (select min(classified_at) as classified_at, min(refused_at) as refused_at from sync.directive where id = any (:ids))
     update sync.directive d set classified_at = decided.classified_at, refused_at = case when decided.classified_at is null then decided.refused_at end
     from decided where d.id = any (:ids) and coalesce(d.classified_at, d.refused_at) is null
       and (decided.classified_at is not null or decided.refused_at is not null)
     returning d.id, d.classified_at is not null as "isClassified"`,
    { ids },
  )
  for (const { id, isClassified } of classified)
    if (isClassified)
      await tx.raw(
        `select sync.send_status(d, '03', 'Đã tiếp nhận, vào sổ văn bản đến', :at) from sync.directive d where d.id = :id`,
        { id, at },
      )
  for (const id of ids)
    await remember(tx, {
      ...{ at, directiveId: id, actor: by.actor, event: 'saidToBeSame' },
      detail: { with: ids.filter((other) => other !== id), reason: by.reason },
    })
}

async function stayTwo(tx: Knex, one: string, other: string, by: Saying, at: Date): Promise<void> {
  await note(tx, one, other, 'two', by, at)
  for (const [id, from] of [
    [one, other],
    [other, one],
  ] as const)
    await remember(tx, {
      ...{ at, directiveId: id, actor: by.actor, event: 'saidToBeTwo' },
      detail: { with: [from], reason: by.reason },
    })
}

/** What was decided of the others stands for them; of whichever has no task of its own the Office decides itself. */
async function classifyAnew(
  tx: Knex,
  id: string,
  others: readonly string[],
  { actor }: Saying,
  at: Date,
): Promise<void> {
  const { rows } = await tx.raw(
    `with own as (select exists (select from sync.task where directive_id = :id) as tasks)
     update sync.directive d set classified_at = null, refused_at = null from own
     where (d.classified_at is not null or d.refused_at is not null)
       and case when own.tasks then d.id = any (:others) and not exists (select from sync.task t where t.directive_id = any (:others)) else d.id = :id end
     returning d.id`,
    { id, others: [...others] },
  )
  for (const one of rows)
    await remember(tx, { at, directiveId: one.id, actor, event: 'classificationUndone' })
}

/** The answer holds between all copies of the one and all of the other. All of them are returned. */
async function note(
  tx: Knex,
  one: string,
  other: string,
  answer: 'same' | 'two',
  { actor, reason }: Saying,
  at: Date,
): Promise<string[]> {
  const { rows } = await tx.raw(
    `with member as (
       select c.id, ${documentOf('c')} = ${documentOf('asked')} as of_one from sync.directive asked
       join sync.directive c on ${documentOf('c')} in (${documentOf('asked')}, (select ${documentOf('o')} from sync.directive o where o.id = :other))
       where asked.id = :one
     ), answered as (
       insert into sync.may_be_same (one, other, asked_at, answer, answered_at, answered_by, reason)
       select least(a.id, b.id), greatest(a.id, b.id), :at, :answer, :at, :actor, :reason from member a join member b on a.of_one and not b.of_one
       on conflict (one, other) do update set answer = excluded.answer, answered_at = excluded.answered_at, answered_by = excluded.answered_by, reason = excluded.reason)
     select id from member order by id`,
    { one, other, answer, at, actor, reason },
  )
  return rows.map(({ id }: { id: string }) => id)
}
